// What the metrics of a run over a network say of its stages: milliseconds and bytes of each, for an update, between two lines.
import type { Line } from './processes.ts';

/** `perUpdate`: milliseconds, or bytes where the name says so. */
export interface StageRow { readonly name: string; readonly perUpdate: number }

/** The totals of the last line of kind `stages` minus those of the first at or after an update. */
export function stagesBetween(lines: readonly Line[], from: number): readonly StageRow[] {
  const told = lines.filter((line) => line.kind === 'stages' && Number(line['update']) >= from);
  const [first, last] = [told[0], told.at(-1)];
  const updates = Number(last?.['update']) - Number(first?.['update']);
  if (first === undefined || last === undefined || !(updates > 0)) return [];
  const totals = (line: Line): Readonly<Record<string, number>> => line['totals'] as Readonly<Record<string, number>>;
  return Object.entries(totals(last)).map(([name, total]) => ({ name, perUpdate: (total - (totals(first)[name] ?? 0)) / updates }));
}

export function stageText(rows: readonly StageRow[]): readonly string[] {
  const part = (title: string, isWanted: (name: string) => boolean, digits: number): readonly string[] => {
    const wanted = rows.filter(({ name }) => isWanted(name));
    return wanted.length === 0 ? [] : [`  ${title}: ${wanted.map(({ name, perUpdate }) => `${name} ${perUpdate.toFixed(digits)}`).join(', ')}`];
  };
  return [...part('ms an update', (name) => name.endsWith('Ms'), 3), ...part('bytes an update', (name) => name.endsWith('Bytes'), 0), ...part('an update', (name) => !/(Ms|Bytes)$/.test(name), 2)];
}
