// Plain values addressed by dotted paths, as they come out of a job's text: looking up, setting, showing. Knows nothing of jobs.

export type Section = Record<string, unknown>;

export function isSection(value: unknown): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at the path, or undefined; only own properties count. */
export function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const name of path === '' ? [] : path.split('.')) {
    if (!isSection(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** A copy of the root with the value set; what stands where a section is needed gives way to one. */
export function withValue(root: unknown, path: string, value: unknown): Section {
  const [name, ...rest] = path.split('.');
  const copy: Section = isSection(root) ? { ...root } : {};
  if (name === undefined) return copy;
  copy[name] = rest.length === 0 ? value : withValue(copy[name], rest.join('.'), value);
  return copy;
}

/** A copy of the root without the field; sections on the way stay. */
export function withoutValue(root: unknown, path: string): unknown {
  if (valueAt(root, path) === undefined || !isSection(root)) return root;
  const [name = '', ...rest] = path.split('.');
  if (rest.length > 0) return { ...root, [name]: withoutValue(root[name], rest.join('.')) };
  return Object.fromEntries(Object.entries(root).filter(([key]) => key !== name));
}

const SHOWN_CHARACTERS_MAX = 60;

/** A value as a message shows it, cut when it is long. */
export function shown(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= SHOWN_CHARACTERS_MAX ? text : `${text.slice(0, SHOWN_CHARACTERS_MAX - 3)}...`;
}

export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach((inner) => { deepFreeze<unknown>(inner); });
  return Object.freeze(value);
}
