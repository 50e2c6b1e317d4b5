// The names that objects of a store and artefacts of a run may have: such that they are the same on every file system and never
// lead out of their directory. Keys are made by programs: a wrong one is a bug and asserts.

const KEY_CHARACTERS_MAX = 512;
const PART_CHARACTERS_MAX = 200;
const PART = /^[a-zA-Z0-9_-][a-zA-Z0-9._-]*$/;

/** The key's parts. Throws RangeError. */
export function checkKey(key: string): readonly string[] {
  if (key.length > KEY_CHARACTERS_MAX) throw new RangeError(`key of ${key.length} characters; at most ${KEY_CHARACTERS_MAX}`);
  const parts = key.split('/');
  for (const part of parts) {
    if (part.length <= PART_CHARACTERS_MAX && PART.test(part)) continue;
    throw new RangeError(`key ${JSON.stringify(key)}: ${JSON.stringify(part)} must be 1 to ${PART_CHARACTERS_MAX} characters of `
      + '[a-zA-Z0-9._-], not starting with a dot');
  }
  return parts;
}

export function isKey(text: string): boolean {
  try {
    checkKey(text);
    return true;
  } catch {
    return false;
  }
}

/** The folders a key lies in, outermost first: of `a/b/c` these are `a` and `a/b`. */
export function foldersOf(key: string): readonly string[] {
  const parts = key.split('/');
  return parts.slice(1).map((_, depth) => parts.slice(0, depth + 1).join('/'));
}

export function keyConflict(key: string, other: string): RangeError {
  return new RangeError(`key ${JSON.stringify(key)}: no key may be a folder of another, and ${JSON.stringify(other)} is there`);
}

export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
