// `--set path=value`: values from the command line laid over a job file. Setting one of two fields that exclude each other takes the
// other away, so that no one has to edit the file first. Owns no validation of values; the schema sees the result.
import type { ConfigProblem } from './config.ts';
import { parseValue } from './document.ts';
import { nearestPath, type FieldTable } from './fields.ts';
import { isSection, shown, valueAt, withoutValue, withValue } from './values.ts';

export interface Overridden {
  readonly root: unknown;
  /** Which argument a path's value came from. */
  readonly origins: ReadonlyMap<string, string>;
  readonly problems: readonly ConfigProblem[];
}

const LENGTHS = ['train.epochs', 'train.updates'] as const;

/** Lays `path=value` arguments over the root, in their order; a later one of the same path wins. */
export function applyOverrides(root: unknown, overrides: readonly string[], table: FieldTable): Overridden {
  const origins = new Map<string, string>();
  const problems: ConfigProblem[] = [];
  let result = root;
  for (const argument of overrides) {
    const parsed = parseOverride(argument, table);
    if (parsed.kind === 'wrong') {
      problems.push(parsed.problem);
      continue;
    }
    result = withValue(excluded(result, parsed.path, parsed.value), parsed.path, parsed.value);
    origins.set(parsed.path, argument);
  }
  const [epochs, updates] = LENGTHS.map((path) => origins.get(path));
  if (epochs !== undefined && updates !== undefined) {
    problems.push({ path: 'train', line: null, argument: updates, message: `the length of the run is set twice, by ${epochs} and by ${updates}`, accepted: 'one of the two', nearest: null });
  }
  return { root: result, origins, problems };
}

type Parsed =
  | { readonly kind: 'override'; readonly path: string; readonly value: unknown }
  | { readonly kind: 'wrong'; readonly problem: ConfigProblem };

function parseOverride(argument: string, table: FieldTable): Parsed {
  const wrong = (path: string, message: string, accepted: string | null, nearest: string | null = null): Parsed =>
    ({ kind: 'wrong', problem: { path, line: null, argument, message, accepted, nearest } });
  const at = argument.indexOf('=');
  const path = (at < 0 ? argument : argument.slice(0, at)).trim();
  const field = table.get(path);
  if (path === '' || field === undefined) {
    return wrong(path, 'no such field', 'path=value, for example train.steps=5; `ebm explain` lists the paths', path === '' ? null : nearestPath(path, table));
  }
  if (at < 0) return wrong(path, 'has no value', `path=value, where the value is ${field.accepted}`);
  const value = parseValue(argument.slice(at + 1));
  if (value === undefined) return wrong(path, `${shown(argument.slice(at + 1))} cannot be read as a value`, field.accepted);
  return { kind: 'override', path, value };
}

/** The root without what the new value makes meaningless. */
function excluded(root: unknown, path: string, value: unknown): unknown {
  const without = (paths: readonly string[]): unknown => paths.reduce(withoutValue, root);
  if (path === 'train.epochs' && value !== null) return without(['train.updates']);
  if (path === 'train.updates' && value !== null) return without(['train.epochs']);
  if (path === 'train.objective' && value === 'cd') return without(['train.chains']);
  if (path === 'train.optimiser.kind' && value === 'adam') return without(['train.optimiser.momentum']);
  if (path === 'train.optimiser.kind' && value === 'sgd') return without(['beta1', 'beta2', 'epsilon'].map((name) => `train.optimiser.${name}`));
  if (path === 'evaluate.logPartition.kind' && value === 'exact' && isSection(valueAt(root, 'evaluate.logPartition'))) return without(['evaluate.logPartition']);
  return root;
}
