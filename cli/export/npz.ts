// Writes named arrays as NumPy's .npz: a ZIP of .npy members in the order given. Pure and deterministic: every member has the same
// fixed time and attributes, so equal arrays give equal bytes.
import { zipSync } from 'fflate';
import type { Zippable } from 'fflate';
import type { ExportArray } from './array.ts';
import { npyBytes } from './npy.ts';

export interface NpzOptions {
  /** Deflated as numpy.savez_compressed does; stored as numpy.savez does if false. */
  readonly compress: boolean;
}

// ZIP holds local wall time without a zone: noon of its first day, read back in the zone it was made in, is the same bytes everywhere.
const memberTime = (): Date => new Date(1980, 0, 1, 12);

// Names become file names inside the archive and keyword arguments in Python.
const NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

/** The bytes of a .npz file. Throws RangeError on a name that is not a plain word, or a shape that does not fit. */
export function npzBytes(arrays: ReadonlyMap<string, ExportArray>, options: NpzOptions = { compress: true }): Uint8Array {
  const members: Zippable = {};
  for (const [name, array] of arrays) {
    if (!NAME.test(name)) throw new RangeError(`'${name}' cannot name an array in a .npz file: letters, digits, _ . - after a letter or _`);
    members[`${name}.npy`] = [npyBytes(array), { mtime: memberTime(), level: options.compress ? 6 : 0 }];
  }
  return zipSync(members);
}
