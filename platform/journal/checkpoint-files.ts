// One checkpoint's directory: its three files written in an order that makes it whole, and read with every byte checked.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { PIECE_BYTES, readWhole, removeTree, writeNew } from '../store/durable.ts';
import { systemCode, type Files } from '../store/files.ts';
import type { AnyPublished, Snapshot } from './journal.ts';
import { LIMITS } from './limits.ts';
import { encodeManifest, MANIFEST_NAME, manifestOf, MODEL_NAME, parseManifest, STATE_NAME, type FileFacts, type Manifest } from './manifest.ts';
import { SafetensorsError, safetensorsPieces, type TensorFile } from './safetensors.ts';
import { modelFile, NewerFormatError, parseModel, parseState, stateFile } from './snapshot-file.ts';

/** Why a checkpoint cannot be used: the file, and what is wrong with it. */
export interface Damage { readonly file: string; readonly why: string }

export type Reading<Content> = { readonly kind: 'good'; readonly content: Content } | { readonly kind: 'damaged'; readonly damage: Damage };

async function writeFile(files: Files, path: string, content: TensorFile): Promise<FileFacts> {
  const hash = createHash('sha256');
  let bytes = 0;
  function* pieces(): Generator<Uint8Array> {
    for (const whole of safetensorsPieces(content)) {
      for (let at = 0; at < whole.byteLength; at += PIECE_BYTES) {
        const piece = whole.subarray(at, at + PIECE_BYTES);
        hash.update(piece);
        bytes += piece.byteLength;
        yield piece;
      }
    }
  }
  await writeNew(files, path, pieces());
  return { bytes, sha256: `sha256:${hash.digest('hex')}` };
}

/** Writes a checkpoint into a new directory; it and its content are durable when the promise resolves, its name is not. */
export async function writeCheckpoint(files: Files, directory: string, snapshot: Snapshot, content: { readonly model: AnyPublished; readonly grid: number }): Promise<Manifest> {
  await removeTree(files, directory);
  await files.makeDirectory(directory);
  const state = await writeFile(files, join(directory, STATE_NAME), stateFile(snapshot));
  const model = await writeFile(files, join(directory, MODEL_NAME), modelFile(content.model, content.grid, snapshot));
  const manifest = manifestOf(snapshot, { 'state.bin': state, 'parameters.safetensors': model });
  await writeNew(files, join(directory, MANIFEST_NAME), [new TextEncoder().encode(encodeManifest(manifest))]);
  await files.syncDirectory(directory);
  return manifest;
}

const damaged = (file: string, why: string): { readonly kind: 'damaged'; readonly damage: Damage } => ({ kind: 'damaged', damage: { file, why } });

/** A disk that cannot read a file has damaged it; other errors (permissions, open files) are not the checkpoint's. */
function unreadable(error: unknown): string | null {
  const code = systemCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'is missing';
  return code === 'EIO' || code === 'EISDIR' ? `cannot be read (${code})` : null;
}

/** The manifest, and whether the files it names are there with their sizes. */
export async function readManifest(files: Files, directory: string): Promise<Reading<Manifest>> {
  let text: string;
  try {
    const path = join(directory, MANIFEST_NAME);
    if (((await files.describe(path))?.bytes ?? 0) > LIMITS.manifestBytesMax) return damaged(MANIFEST_NAME, `has more than ${LIMITS.manifestBytesMax} bytes`);
    text = new TextDecoder().decode(await readWhole(files, path, LIMITS.manifestBytesMax));
  } catch (error) {
    const why = unreadable(error);
    if (why === null) throw error;
    return damaged(MANIFEST_NAME, why);
  }
  const reading = parseManifest(text);
  if (reading.kind === 'bad') return damaged(MANIFEST_NAME, reading.why);
  for (const name of [STATE_NAME, MODEL_NAME] as const) {
    const facts = await files.describe(join(directory, name));
    const { bytes } = reading.manifest.files[name];
    if (facts?.kind !== 'file') return damaged(name, 'is missing');
    if (facts.bytes !== bytes) return damaged(name, `${facts.bytes < bytes ? 'is truncated' : 'is too long'}: it has ${facts.bytes} bytes, its manifest says ${bytes}`);
    if (bytes > LIMITS.checkpointFileBytesMax) return damaged(name, `has ${bytes} bytes, more than the ${LIMITS.checkpointFileBytesMax} that are read`);
  }
  return { kind: 'good', content: reading.manifest };
}

/** What a file that a manifest names and that was read whole holds. `sha256`: of the bytes. */
export function checkedContent<Content>(bytes: Uint8Array, sha256: string, about: { readonly name: string; readonly facts: FileFacts }, parse: (bytes: Uint8Array) => Content): Reading<Content> {
  const { name, facts } = about;
  if (bytes.byteLength !== facts.bytes) return damaged(name, `has ${bytes.byteLength} bytes, its manifest says ${facts.bytes}`);
  if (sha256 !== facts.sha256) return damaged(name, 'was changed: its SHA-256 is not the one in its manifest');
  try {
    return { kind: 'good', content: parse(bytes) };
  } catch (error) {
    if (error instanceof SafetensorsError || error instanceof NewerFormatError) return damaged(name, `cannot be used: ${error.message}`);
    throw error;
  }
}

async function readFile<Content>(files: Files, path: string, about: { readonly name: string; readonly facts: FileFacts }, parse: (bytes: Uint8Array) => Content): Promise<Reading<Content>> {
  const hash = createHash('sha256');
  try {
    const bytes = await readWhole(files, path, LIMITS.checkpointFileBytesMax, (piece) => hash.update(piece));
    return checkedContent(bytes, `sha256:${hash.digest('hex')}`, about, parse);
  } catch (error) {
    const why = unreadable(error);
    if (why === null) throw error;
    return damaged(about.name, why);
  }
}

/** The published model alone. */
export function readModel(files: Files, directory: string, manifest: Manifest): Promise<Reading<AnyPublished>> {
  return readFile(files, join(directory, MODEL_NAME), { name: MODEL_NAME, facts: manifest.files[MODEL_NAME] }, parseModel);
}

/** The whole checkpoint; good only if both of its files are. */
export async function readCheckpoint(files: Files, directory: string, manifest: Manifest): Promise<Reading<Snapshot>> {
  const model = await readModel(files, directory, manifest);
  if (model.kind === 'damaged') return model;
  const state = await readFile(files, join(directory, STATE_NAME), { name: STATE_NAME, facts: manifest.files[STATE_NAME] }, parseState);
  return state.kind === 'damaged' ? state : checkedPlace(state.content, manifest);
}

/** That a state is the one its manifest tells of. */
export function checkedPlace(snapshot: Snapshot, manifest: Manifest): Reading<Snapshot> {
  const { update, branch, rollbacks } = snapshot;
  const isSame = update === manifest.update && branch === manifest.branch && rollbacks === manifest.rollbacks;
  return isSame ? { kind: 'good', content: snapshot } : damaged(STATE_NAME, `is of update ${update}, branch ${branch}; its manifest says update ${manifest.update}, branch ${manifest.branch}`);
}
