// Port of the store: immutable objects by key, created by put-if-absent. Keys are relative paths of [a-zA-Z0-9._-] parts joined by `/`.
export type PutOutcome = { readonly kind: 'created' } | { readonly kind: 'exists' };

export interface Store {
  /** Durable when the promise resolves; `exists` if the key is taken, whatever its bytes. */
  putIfAbsent(key: string, bytes: Uint8Array): Promise<PutOutcome>;
  /** Null if absent. */
  get(key: string): Promise<Uint8Array | null>;
  /** Keys that start with the prefix, sorted. */
  list(prefix: string): Promise<readonly string[]>;
  /** No error if absent. */
  remove(key: string): Promise<void>;
  close(): Promise<void>;
}
