// What has changed between two versions (ebm/rbm/difference.ts), in a thread: by a command of its own, or at the end of the step that made the second.
import { bestBits, codeRowBytes } from '../../ebm/rbm/difference.ts';
import type { EncodeCommand, EncodePlace } from './commands.ts';
import { ceilTo, type PublishedLayout } from './layout.ts';
import type { Workplace } from './station.ts';

/** Counts the moves between two versions, chooses the form, and writes it. */
export function encodeVersion(place: Workplace, command: EncodeCommand): void {
  place.crew.barrier();
  if (place.crew.index === 0) encodeFrom(place, command, command.next);
}

/** In one thread. */
export function encodeFrom({ kernels, session, views }: Workplace, { base, codes, escapes, out }: EncodePlace, next: PublishedLayout): void {
  const { visible, hidden, layout: { hidden: { blocks } } } = session;
  const at = out >>> 2;
  kernels.countMoves(base.blocked, next.blocked, (blocks * ceilTo(visible, 8) * 64) / 16, out);
  const bits = bestBits(session, [views.i32[at]!, views.i32[at + 1]!, views.i32[at + 2]!]);
  views.i32[at] = bits ?? 0;
  if (bits !== null) views.i32[at + 1] = kernels.encodeMoves(base.blocked, next.blocked, base.blockedBytes, visible, blocks, bits, codes, codeRowBytes(hidden, bits), escapes);
}
