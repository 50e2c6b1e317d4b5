// The stamp of an installed engine: written last, it says what was installed and the SHA-256 of every file that computes. A folder without it is not
// an installation.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from './errors.ts';
import { PACKAGE, type Flavour } from './recipe.ts';

export const STAMP = 'engine.json';
const FORMAT = 1;

export interface Stamp {
  readonly format: typeof FORMAT;
  readonly package: string;
  readonly flavour: Flavour;
  /** `wheel`: the addon was built here against that wheel's libraries; `package`: both came by the package's own script. */
  readonly source: 'package' | 'wheel';
  readonly wheel: { readonly name: string; readonly version: string; readonly sha256: string } | null;
  /** Of libtensorflow, as it says itself. */
  readonly version: string;
  /** SHA-256 by path in the folder: the addon and the libraries. */
  readonly files: Readonly<Record<string, string>>;
}

export type Installation =
  | { readonly kind: 'absent' }
  | { readonly kind: 'installed'; readonly stamp: Stamp }
  | { readonly kind: 'damaged'; readonly reason: string };

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Digests of what computes: every .node and .so file of the package, links aside. */
export async function digestsOf(folder: string): Promise<Record<string, string>> {
  const inside = join('node_modules', PACKAGE);
  const files: Record<string, string> = {};
  for (const part of ['lib', join('deps', 'lib')]) {
    for (const name of (await readdir(join(folder, inside, part), { recursive: true })).sort()) {
      const path = join(inside, part, name);
      if (/\.node$|\.so(\.\d+)*$/.test(name) && (await lstat(join(folder, path))).isFile()) files[path] = await sha256Of(join(folder, path));
    }
  }
  return files;
}

export async function writeStamp(folder: string, stamp: Omit<Stamp, 'format'>): Promise<void> {
  await writeFile(join(folder, STAMP), `${JSON.stringify({ format: FORMAT, ...stamp }, null, 2)}\n`);
}

/** What the folder holds. `verify` compares the digests of its files, which takes a second or two. */
export async function examine(folder: string, { verify }: { readonly verify: boolean }): Promise<Installation> {
  const stamp = await readStamp(folder);
  if (stamp === null) return { kind: 'absent' };
  if ('reason' in stamp) return { kind: 'damaged', reason: stamp.reason };
  for (const [path, expected] of Object.entries(stamp.files)) {
    try {
      if (!verify) await lstat(join(folder, path));
      else if (await sha256Of(join(folder, path)) !== expected) return { kind: 'damaged', reason: `${path} is not the file that was installed: its SHA-256 is another one` };
    } catch (error) {
      return { kind: 'damaged', reason: `${path} cannot be read (${codeOf(error)})` };
    }
  }
  return { kind: 'installed', stamp };
}

async function readStamp(folder: string): Promise<Stamp | { readonly reason: string } | null> {
  let text: string;
  try {
    text = await readFile(join(folder, STAMP), 'utf8');
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? null : { reason: `${STAMP} cannot be read (${codeOf(error)})` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: `${STAMP} is no JSON` };
  }
  const { format, files } = value as Partial<Stamp>;
  if (typeof format === 'number' && format > FORMAT) {
    throw new EngineError('newer-format', `${join(folder, STAMP)} has format ${format as number}, and this program reads up to ${FORMAT}`, 'Use the newer ebm that installed it, or name another folder in EBM_ENGINES.');
  }
  return format === FORMAT && typeof files === 'object' && Object.keys(files).length > 0 ? value as Stamp : { reason: `${STAMP} does not say what was installed` };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
