// Port of the store: immutable objects by key, created by put-if-absent. Keys are relative paths of [a-zA-Z0-9._-] parts joined by `/`;
// no part starts with a dot, a key has at most 512 characters, and no key is a folder of another (checkKey in keys.ts).
export type PutOutcome = { readonly kind: 'created' } | { readonly kind: 'exists' };

export interface Store {
  /** Durable when the promise resolves; `exists` if the key is taken, whatever its bytes. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<PutOutcome>;
  /** Null if absent. */
  get(key: string): Promise<Uint8Array | null>;
  /** Keys that start with the prefix (any text, not only whole parts), in order of their characters' codes. */
  list(prefix: string): Promise<readonly string[]>;
  /** No error if absent. */
  remove(key: string): Promise<void>;
  close(): Promise<void>;
}
