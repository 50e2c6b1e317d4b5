// What reading generated objects needs: every absent or unfit field is a Malformed, thrown here and caught by codec.ts alone.
import type { ebm } from './gen/ebm.js';
import { bytesFrom, float32From, float64From, int16From, int32From, uint16From, uint32From } from './arrays.ts';
import { WIRE_LIMITS } from './limits.ts';
import type { ParametersName, Range } from './messages.ts';

export class Malformed extends Error {}

type Optional<T> = T | null | undefined;

export function present<T>(value: Optional<T>, what: string): T {
  if (value === null || value === undefined) throw new Malformed(`${what} is missing`);
  return value;
}

/** A table's entry by its number on the wire, from 0. */
export function entry<T>(table: readonly T[], code: Optional<number>, what: string): T {
  const found = table[code ?? 0];
  if (found === undefined) throw new Malformed(`${what} ${code} is not known`);
  return found;
}

export function name(value: Optional<string>, what: string): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > WIRE_LIMITS.nameCharactersMax) {
    throw new Malformed(`${what} must have 1 to ${WIRE_LIMITS.nameCharactersMax} characters`);
  }
  return value;
}

export function text(value: Optional<string>): string {
  return (value ?? '').slice(0, WIRE_LIMITS.textCharactersMax);
}

export function range(value: Optional<ebm.Range.$Properties>, what: string): Range {
  const { from, to } = present(value, what);
  if ((from ?? 0) > (to ?? 0)) throw new Malformed(`${what} ends before it starts`);
  return { from: from ?? 0, to: to ?? 0 };
}

export function parametersName(value: Optional<ebm.ParametersName.$Properties>): ParametersName {
  const { branch, version, average } = present(value, 'the name of parameters');
  return { branch: branch ?? 0, version: version ?? 0, of: average === true ? 'average' : 'masters' };
}

export function start(value: Optional<ebm.Start.$Properties>): { readonly branch: number; readonly version: number } {
  const { branch, version } = present(value, 'the start');
  return { branch: branch ?? 0, version: version ?? 0 };
}

export function bytes(value: Optional<Uint8Array>, what: string): Uint8Array {
  return bytesFrom(present(value, what));
}

export function int16(value: Optional<Uint8Array>, what: string): Int16Array {
  return whole(int16From(present(value, what)), what, 'int16');
}

export function uint32(value: Optional<Uint8Array>, what: string): Uint32Array {
  return whole(uint32From(present(value, what)), what, 'uint32');
}

export function float32(value: Optional<Uint8Array>, what: string): Float32Array {
  return whole(float32From(present(value, what)), what, 'float32');
}

export function uint16(value: Optional<Uint8Array>, what: string): Uint16Array {
  return whole(uint16From(present(value, what)), what, 'uint16');
}

export function int32(value: Optional<Uint8Array>, what: string): Int32Array {
  return whole(int32From(present(value, what)), what, 'int32');
}

export function float64(value: Optional<Uint8Array>, what: string): Float64Array {
  return whole(float64From(present(value, what)), what, 'float64');
}

function whole<T>(array: T | null, what: string, kind: string): T {
  if (array === null) throw new Malformed(`${what} is no whole number of ${kind}`);
  return array;
}
