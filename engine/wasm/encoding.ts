// What has changed between two versions (ebm/rbm/difference.ts), in a thread: by a command of its own, or at the end of the step that made the second.
import { bestBits, CODE_BITS, codeRowBytes, type CodeBits } from '../../ebm/rbm/difference.ts';
import type { EncodeCommand, EncodePlace } from './commands.ts';
import type { PublishedLayout } from './layout.ts';
import type { Workplace } from './station.ts';

/** Writes what has changed between two versions in the form of fewest bytes. */
export function encodeVersion(place: Workplace, command: EncodeCommand): void {
  place.crew.barrier();
  if (place.crew.index === 0) encodeFrom(place, command, command.next);
}

/** In one thread. */
export function encodeFrom({ kernels, session, views }: Workplace, { base, codes, escapes, out }: EncodePlace, next: PublishedLayout): void {
  const { visible, hidden, layout: { hidden: { blocks }, packing } } = session;
  const at = out >>> 2;
  const write = (bits: CodeBits): number => kernels.encodeMoves(
    base.blocked, next.blocked, base.blockedBytes, visible, blocks, bits, codes, codeRowBytes(hidden, bits), escapes, packing, out + 8);
  // The form that was best last time nearly always is; whether it was is known when it is written.
  const tried = CODE_BITS.find((bits) => bits === views.i32[at]) ?? CODE_BITS[0];
  const escaped = write(tried);
  const best = bestBits(session, [views.i32[at + 2]!, views.i32[at + 3]!, views.i32[at + 4]!]);
  views.i32[at] = best ?? 0;
  views.i32[at + 1] = best === null || best === tried ? escaped : write(best);
}
