// The table of a job's fields, flattened from the schema: path, meaning, unit, range, default, in words. `ebm explain FIELD`,
// shell completion and every problem's "accepted" come from it. Also owns how the nearest valid name is found.
import { distance } from 'fastest-levenshtein';
import { jobSchemaTree, type JsonSchema } from './json-schema.ts';

export interface Field {
  readonly path: string;
  readonly description: string;
  readonly unit: string | null;
  /** `section` holds further fields; evaluate is a section that may also be the word off. */
  readonly kind: 'section' | 'whole' | 'number' | 'text' | 'switch' | 'choice' | 'list';
  /** What is accepted, in words. */
  readonly accepted: string;
  /** Values that can be listed: of a choice, a switch, or the word that may stand for a section. */
  readonly options: readonly string[];
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly required: boolean;
  /** In JSON; null if there is none. */
  readonly default: string | null;
  readonly defaultNote: string | null;
  /** Names of the fields directly inside. */
  readonly children: readonly string[];
}

export type FieldTable = ReadonlyMap<string, Field>;

/** Every field and section, sections before what they hold, in the order of the schema; the whole file has the path ''. */
export function jobFields(): FieldTable {
  const table = new Map<string, Field>();
  collect('', jobSchemaTree(), true, table);
  return table;
}

function collect(path: string, node: JsonSchema, required: boolean, table: Map<string, Field>): void {
  const branches = (node.anyOf ?? node.oneOf ?? [node]).filter((branch) => branch.type !== 'null');
  const sections = branches.filter((branch) => branch.properties !== undefined);
  const properties = new Map(sections.flatMap((section) => Object.entries(section.properties ?? {})).reverse());
  // Of a field that two alternatives share (logPartition.kind) the first alternative's notes are kept, and the options of both.
  const names = [...new Set(sections.flatMap((section) => Object.keys(section.properties ?? {})))];
  const options = branches.flatMap(optionsOf);
  const kind = kindOf(branches, sections.length > 0);
  table.set(path, {
    path, kind, options, required, children: names,
    description: node.description ?? '',
    unit: node['x-unit'] ?? null,
    accepted: acceptedInWords(kind, branches, options),
    minimum: branches.find((branch) => branch.minimum !== undefined)?.minimum ?? null,
    maximum: branches.find((branch) => branch.maximum !== undefined)?.maximum ?? null,
    default: kind === 'section' || node.default === undefined ? null : JSON.stringify(node.default),
    defaultNote: node['x-default-note'] ?? null,
  });
  for (const name of names) {
    const alternatives = sections.flatMap((section) => section.properties?.[name] ?? []);
    const child = alternatives.length > 1 ? { ...alternatives[0], anyOf: alternatives.flatMap((one) => one.anyOf ?? one.oneOf ?? [one]) } : properties.get(name);
    const needed = required && sections.every((section) => section.required?.includes(name) === true);
    if (child !== undefined) collect(path === '' ? name : `${path}.${name}`, child, needed, table);
  }
}

function optionsOf(node: JsonSchema): readonly string[] {
  if (node.type === 'boolean') return ['true', 'false'];
  if (node.const !== undefined) return [JSON.stringify(node.const).replace(/"/g, '')];
  return (node.enum ?? []).map(String);
}

function kindOf(branches: readonly JsonSchema[], section: boolean): Field['kind'] {
  const [first] = branches;
  if (section) return 'section';
  if (first?.type === 'array') return 'list';
  if (first?.type === 'boolean') return 'switch';
  if (first?.const !== undefined || first?.enum !== undefined) return 'choice';
  if (first?.type === 'integer') return 'whole';
  return first?.type === 'number' ? 'number' : 'text';
}

function acceptedInWords(kind: Field['kind'], branches: readonly JsonSchema[], options: readonly string[]): string {
  const first = branches[0] ?? {};
  switch (kind) {
    case 'section': return options.length > 0 ? `${options.join(', ')}, or a section of settings` : 'a section of settings';
    case 'switch': return 'true or false';
    case 'choice': return options.join(', ');
    case 'whole': return `a whole number from ${figure(first.minimum)} to ${figure(first.maximum)}`;
    case 'list': return first.items?.properties !== undefined ? 'a list of sections' : `a list, each ${first.items?.type === 'integer' ? 'a whole number' : 'a number'} from ${figure(first.items?.minimum)} to ${figure(first.items?.maximum)}`;
    case 'number': return `a number from ${figure(first.minimum)} to ${figure(first.maximum)}`;
    case 'text': return first.pattern === undefined
      ? `text of 1 to ${figure(first.maxLength)} characters`
      : `letters, digits, dots, hyphens and underscores, a letter or digit first, at most ${figure(first.maxLength)} characters`;
  }
}

function figure(value: number | undefined): string {
  if (value === undefined) return '?';
  return Number.isInteger(value) && Math.abs(value) >= 10_000 ? String(value).replace(/\B(?=(\d{3})+$)/g, ',') : String(value);
}

// What people of other programs call the same thing.
const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ['lr', 'learningRate'], ['eta', 'learningRate'], ['rate', 'learningRate'], ['stepsize', 'learningRate'],
  ['k', 'steps'], ['gibbssteps', 'steps'], ['iterations', 'updates'], ['maxsteps', 'updates'], ['decay', 'weightDecay'], ['l2', 'weightDecay'],
  ['ema', 'average'], ['path', 'source'], ['dataset', 'source'], ['binarize', 'binarise'], ['units', 'hidden'], ['type', 'kind'],
  ['centered', 'centred'], ['device', 'engine'], ['optimizer', 'optimiser'], ['algorithm', 'objective'], ['particles', 'chains'],
]);

const plain = (name: string): string => name.toLowerCase().replace(/[_-]/g, '');

/** Changed letters; two letters that changed places count one and a half instead of two. */
function remoteness(wanted: string, name: string): number {
  const letters = (text: string): string => Array.from(text).sort().join('');
  return distance(wanted, name) - (wanted !== name && letters(wanted) === letters(name) ? 0.5 : 0);
}

/** The nearest of the names, or null if none is near: a synonym, else few enough changed letters, else one that contains the other. */
export function nearestName(given: string, names: readonly string[]): string | null {
  const wanted = plain(given);
  const synonym = SYNONYMS.get(wanted);
  if (synonym !== undefined && names.includes(synonym)) return synonym;
  const ranked = names.map((name) => ({ name, far: remoteness(wanted, plain(name)) })).sort((left, right) => left.far - right.far);
  const [best] = ranked;
  if (best !== undefined && best.far <= Math.max(1.5, Math.floor(wanted.length / 3))) return best.name;
  return names.find((name) => wanted.length >= 3 && (plain(name).startsWith(wanted) || (name.length >= 3 && wanted.startsWith(plain(name))))) ?? null;
}

/** The nearest path of a field that does not exist where it was written: a sibling, else the same or a near name anywhere in the job. */
export function nearestPath(given: string, table: FieldTable): string | null {
  const at = given.lastIndexOf('.');
  const section = at < 0 ? '' : given.slice(0, at);
  const name = given.slice(at + 1);
  const sibling = nearestName(name, table.get(section)?.children ?? []);
  if (sibling !== null) return section === '' ? sibling : `${section}.${sibling}`;
  const paths = [...table.keys()].filter((path) => path !== '');
  const leaves = paths.map((path) => path.slice(path.lastIndexOf('.') + 1));
  const leaf = nearestName(name, leaves);
  if (leaf !== null) {
    // Of several fields of one name the one with the most words in common, in the order of the schema.
    const candidates = paths.filter((_, index) => leaves[index] === leaf);
    const shared = (path: string): number => path.split('.').filter((word) => given.split('.').includes(word)).length;
    return candidates.reduce((best, path) => (shared(path) > shared(best) ? path : best));
  }
  return nearestName(given, paths);
}
