// What a run recorded of itself in metrics.jsonl, read back: the figures of an update, and its end, by which a finished run is known.
import { readRunDirectory } from '../../platform/journal/reading.ts';
import type { RunEvent as ShellEvent } from '../../coordinator/shell/events.ts';
import type { FinishedEvent } from '../terminal/events.ts';

type Evaluated = Extract<ShellEvent, { readonly kind: 'evaluated' }>;
type Line = Readonly<Record<string, unknown>>;
interface Instance { readonly update: number; readonly branch: number }

/** The last line that fits; without what stands beside the event. */
async function lastLine(directory: string, fits: (line: Line) => boolean): Promise<Line | null> {
  let found: Line | null = null;
  await (await readRunDirectory(directory)).metrics((line) => { if (fits(line)) found = line; });
  if (found === null) return null;
  return Object.fromEntries(Object.entries(found as Line).filter(([name]) => name !== 'formatVersion' && name !== 'at'));
}

/** The end that was recorded at this version; null if the run did not come to it, or was stopped before it could say so. */
export async function recordedEnd(directory: string, { update, branch }: Instance): Promise<FinishedEvent | null> {
  const line = await lastLine(directory, ({ kind }) => kind === 'finished');
  return line?.['updates'] === update && line['branch'] === branch ? line as unknown as FinishedEvent : null;
}

/** The figures of a version, as they were measured by this or an earlier process; null if none were. */
export async function recordedFigures(directory: string, { update, branch }: Instance): Promise<Evaluated | null> {
  return await lastLine(directory, (line) => line['kind'] === 'evaluated' && line['update'] === update && line['branch'] === branch) as unknown as Evaluated | null;
}
