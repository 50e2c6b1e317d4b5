// Reads a file of lines piece by piece, whatever its size, with each line's place in the file.
import type { Files } from '../store/files.ts';

const PIECE_BYTES = 1 << 16;
const LINE_FEED = 10;

/** `start`, `end`: bytes, the end after the line feed. `torn`: the last line, if it has no line feed. */
export type FoundLine =
  | { readonly kind: 'line'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'torn'; readonly start: number; readonly end: number }
  | { readonly kind: 'too-long'; readonly start: number };

/** Ends after a line that is torn or longer than `lineBytesMax`. An absent file has no lines. */
export async function* readLines(files: Files, path: string, lineBytesMax: number): AsyncGenerator<FoundLine> {
  if (await files.describe(path) === null) return;
  const file = await files.open(path);
  try {
    const piece = new Uint8Array(PIECE_BYTES);
    let carry = Buffer.alloc(0);
    let start = 0;
    for (;;) {
      const read = await file.read(piece, start + carry.byteLength);
      if (read === 0) break;
      carry = Buffer.concat([carry, piece.subarray(0, read)]);
      let from = 0;
      for (let at = carry.indexOf(LINE_FEED); at >= 0; at = carry.indexOf(LINE_FEED, from)) {
        yield { kind: 'line', text: carry.toString('utf8', from, at), start: start + from, end: start + at + 1 };
        from = at + 1;
      }
      start += from;
      carry = carry.subarray(from);
      if (carry.byteLength > lineBytesMax) {
        yield { kind: 'too-long', start };
        return;
      }
    }
    if (carry.byteLength > 0) yield { kind: 'torn', start, end: start + carry.byteLength };
  } finally {
    await file.close();
  }
}
