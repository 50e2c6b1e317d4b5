// What data sets are called: `sha256:` and 64 hexadecimal digits of their packed content. File names are made of nothing but those digits,
// so no name that arrives can lead out of a directory.
import { createHash } from 'node:crypto';

const PREFIX = 'sha256:';
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const FILE_ENDING = '.pack';
const FILE = /^[0-9a-f]{64}\.pack$/;

export function isDatasetDigest(text: string): boolean {
  return DIGEST.test(text);
}

export function digestOfBytes(bytes: Uint8Array): string {
  return PREFIX + createHash('sha256').update(bytes).digest('hex');
}

/** The digest as 32 bytes. Throws RangeError if it is none: programs check first. */
export function digestBytes(digest: string): Uint8Array {
  return Buffer.from(digitsOf(digest), 'hex');
}

export function digestFromBytes(bytes: Uint8Array): string {
  return PREFIX + Buffer.from(bytes).toString('hex');
}

/** The 64 digits. Throws RangeError. */
export function digitsOf(digest: string): string {
  if (!isDatasetDigest(digest)) throw new RangeError(`${JSON.stringify(digest)} is no digest of a data set`);
  return digest.slice(PREFIX.length);
}

export function fileNameOf(digest: string): string {
  return digitsOf(digest) + FILE_ENDING;
}

/** Null for a file of another name. */
export function digestOfFileName(name: string): string | null {
  return FILE.test(name) ? PREFIX + name.slice(0, -FILE_ENDING.length) : null;
}
