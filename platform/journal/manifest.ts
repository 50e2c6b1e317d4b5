// manifest.json of a checkpoint: what it is, and the size and SHA-256 of its files. Written last; it holds its own digest.
import { canonicalJson, digestOf, isDigest, type Json } from './canonical.ts';
import type { LedgerPosition, Snapshot } from './journal.ts';
import { isReason, type Reason } from './snapshot-file.ts';

export const MANIFEST_FORMAT_VERSION = 1;
export const STATE_NAME = 'state.bin';
export const MODEL_NAME = 'parameters.safetensors';
export const MANIFEST_NAME = 'manifest.json';

export interface FileFacts { readonly bytes: number; readonly sha256: string }

export interface Manifest {
  readonly formatVersion: 1;
  readonly update: number;
  readonly branch: number;
  readonly rollbacks: number;
  readonly rateScale: number;
  readonly reason: Reason;
  readonly ledger: LedgerPosition;
  readonly figure: number | null;
  /** Of the masters and the chains, if the run gave them. */
  readonly digests: { readonly parameters: string; readonly chains: string | null } | null;
  readonly files: { readonly 'state.bin': FileFacts; readonly 'parameters.safetensors': FileFacts };
}

export function manifestOf(snapshot: Snapshot, files: Manifest['files']): Manifest {
  const { formatVersion, update, branch, rollbacks, rateScale, reason, ledger, figure, digests = null } = snapshot;
  return { formatVersion, update, branch, rollbacks, rateScale, reason, ledger: { lines: ledger.lines, head: ledger.head }, figure, digests, files };
}

export function encodeManifest(manifest: Manifest): string {
  return `${JSON.stringify({ ...manifest, digest: digestOf(canonicalJson(manifest as unknown as Json)) }, null, 2)}\n`;
}

export type ManifestReading =
  | { readonly kind: 'good'; readonly manifest: Manifest }
  | { readonly kind: 'bad'; readonly why: string };

type Unchecked = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Unchecked => typeof value === 'object' && value !== null ? value as Unchecked : {};
const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function isShaped(value: Unchecked): boolean {
  const files = fieldsOf(value['files']);
  const ledger = fieldsOf(value['ledger']);
  const figure = value['figure'];
  return ['update', 'branch', 'rollbacks'].every((name) => isCount(value[name]))
    && typeof value['rateScale'] === 'number' && isReason(value['reason'])
    && isCount(ledger['lines']) && isDigest(ledger['head']) && (figure === null || typeof figure === 'number')
    && [STATE_NAME, MODEL_NAME].map((name) => fieldsOf(files[name])).every(({ bytes, sha256 }) => isCount(bytes) && isDigest(sha256));
}

export function parseManifest(text: string): ManifestReading {
  const bad = (why: string): ManifestReading => ({ kind: 'bad', why });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return bad('is not JSON');
  }
  const { digest, ...rest } = fieldsOf(value);
  const version = rest['formatVersion'];
  if (typeof version === 'number' && version > MANIFEST_FORMAT_VERSION) {
    return bad(`has format version ${version}, this program reads up to ${MANIFEST_FORMAT_VERSION}: use a newer ebm-fleet`);
  }
  if (version !== MANIFEST_FORMAT_VERSION || !isDigest(digest)) return bad('is not a manifest');
  if (digestOf(canonicalJson(rest as Json)) !== digest) return bad('was changed: its own digest differs');
  return isShaped(rest) ? { kind: 'good', manifest: rest as unknown as Manifest } : bad('lacks a field or has one of a wrong kind');
}
