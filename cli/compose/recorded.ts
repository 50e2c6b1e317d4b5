// What a run recorded of itself in metrics.jsonl, read back: the figures of an update, and its end, by which a finished run is known.
import { readRunDirectory } from '../../platform/journal/reading.ts';
import type { RunEvent as ShellEvent } from '../../coordinator/shell/events.ts';
import type { FinishedEvent } from '../terminal/events.ts';

type Evaluated = Extract<ShellEvent, { readonly kind: 'evaluated' }>;
type Line = Readonly<Record<string, unknown>>;
interface Instance { readonly update: number; readonly branch: number }

/** Without what stands beside the event. */
function eventOf(line: Line): unknown {
  return Object.fromEntries(Object.entries(line).filter(([name]) => name !== 'formatVersion' && name !== 'at'));
}

/** The end that was recorded at this version; null if the run did not come to it, or was stopped before it could say so. */
export async function recordedEnd(directory: string, { update, branch }: Instance): Promise<FinishedEvent | null> {
  let last: Line = {};
  await (await readRunDirectory(directory)).metrics((line) => { if (line['kind'] === 'finished') last = line; });
  return last['updates'] === update && last['branch'] === branch ? eventOf(last) as FinishedEvent : null;
}

/** The figures of a version among the lines of metrics.jsonl, as they were measured by this or an earlier process; null if none were. */
export function recordedFigures(lines: readonly Line[], { update, branch }: Instance): Evaluated | null {
  const line = lines.filter((each) => each['kind'] === 'evaluated' && each['update'] === update && each['branch'] === branch).at(-1);
  return line === undefined ? null : eventOf(line) as Evaluated;
}
