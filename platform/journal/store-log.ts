// The log of a run in a store as a whole: read from its newest snapshot on, and shortened by another one.
//
// S5. A snapshot holds all before it. Records before the snapshot before it are removed, so that one damaged snapshot loses nothing; but never
//     one that opened the run: its number is what a writer that was deposed tries next, and stays taken for ever. Whoever opens the run looks
//     after it whether there is a newer record: then its number had been freed under its feet, and it opens anew.
import { randomBytes } from 'node:crypto';
import { StorageError } from '../store/errors.ts';
import type { Store } from '../store/store.ts';
import { decodeRecord, encodeRecord, RECORD_FORMAT_VERSION, recordName, RunState, type Deed, type RecordReading, type Segment, type SnapshotDeed } from './run-log.ts';
import { parseManifest } from './manifest.ts';

export const STORE_LOG_LIMITS = { recordsBetweenSnapshots: 512, readAttemptsMax: 8 } as const;

export const keysOf = (prefix: string) => ({
  job: `${prefix}/job.json`,
  log: `${prefix}/log/`,
  record: (number: number): string => `${prefix}/log/${recordName(number)}`,
  segments: `${prefix}/segments/`,
  segment: (id: string): string => `${prefix}/segments/${id}`,
  checkpoints: `${prefix}/checkpoints/`,
  file: (id: string, name: string): string => `${prefix}/checkpoints/${id}/${name}`,
  artefacts: `${prefix}/artefacts/`,
  artefact: (id: string): string => `${prefix}/artefacts/${id}`,
} as const);

export interface Replayed {
  readonly state: RunState;
  /** Number of the next record. */
  readonly next: number;
  /** Damage that was passed over. */
  readonly warnings: readonly string[];
}

export interface LogPlace { readonly store: Store; readonly prefix: string }

interface Found { readonly number: number; readonly reading: RecordReading }

/** Null if it is not there. Throws StorageError `newer-format`: what a newer program wrote is no damage, to be passed over. */
async function readRecord(store: Store, key: string, number: number): Promise<RecordReading | null> {
  try {
    const bytes = await store.get(key);
    const reading = bytes === null ? null : decodeRecord(number, bytes);
    if (reading?.kind !== 'newer') return reading;
    throw new StorageError({ code: 'newer-format', path: key, what: `it has format version ${reading.version}, this program reads up to ${RECORD_FORMAT_VERSION}`, remedy: 'Use a newer ebm-fleet.' });
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'damaged') throw error;
    return { kind: 'bad', why: `cannot be read (${error.message})` };
  }
}

async function numbersOf(store: Store, prefix: string): Promise<readonly number[]> {
  const { log } = keysOf(prefix);
  return (await store.list(log)).map((key) => Number(key.slice(log.length))).filter((number) => Number.isSafeInteger(number) && number > 0);
}

/** 0 if there is none. */
export async function newestRecord(store: Store, prefix: string): Promise<number> {
  return (await numbersOf(store, prefix)).at(-1) ?? 0;
}

/** Does all deeds of a run again; `visit` is shown each of them but those that a snapshot made needless. */
export async function replay(store: Store, prefix: string, visit: (deed: Deed) => void = () => undefined): Promise<Replayed> {
  for (let attempt = 1; ; attempt += 1) {
    const listed = await numbersOf(store, prefix);
    const records = await sinceSnapshot({ store, prefix }, listed);
    // What was listed and is gone was removed behind a newer snapshot, unless it never comes.
    if (records.isTorn && attempt < STORE_LOG_LIMITS.readAttemptsMax) continue;
    return done({ store, prefix }, { ...records, next: (listed.at(-1) ?? 0) + 1, visit });
  }
}

interface Since { readonly snapshot: SnapshotDeed | null; readonly found: readonly Found[]; readonly isTorn: boolean }

/** Records after the newest snapshot that can be read, oldest first. */
async function sinceSnapshot({ store, prefix }: LogPlace, listed: readonly number[]): Promise<Since> {
  const keys = keysOf(prefix);
  const there = new Set(listed);
  const found: Found[] = [];
  let isTorn = false;
  for (let number = listed.at(-1) ?? 0; number > 0; number -= 1) {
    const read = there.has(number) ? await readRecord(store, keys.record(number), number) : null;
    isTorn ||= there.has(number) && read === null;
    const [first] = read?.kind === 'good' ? read.deeds : [];
    if (first?.kind === 'snapshot') return { snapshot: first, found: found.reverse(), isTorn };
    found.push({ number, reading: read ?? { kind: 'bad', why: 'is missing' } });
  }
  return { snapshot: null, found: found.reverse(), isTorn };
}

async function done({ store, prefix }: LogPlace, { snapshot, found, next, visit }: Since & { readonly next: number; readonly visit: (deed: Deed) => void }): Promise<Replayed> {
  const keys = keysOf(prefix);
  const state = new RunState();
  const warnings: string[] = [];
  let isInGap = false;
  const take = (reading: RecordReading, key: string): void => {
    if (reading.kind === 'bad') {
      if (!isInGap) warnings.push(`${key} ${reading.why}; lines of the ledger from there on are not used, and a checkpoint that it told of is lost`);
      isInGap = reading.why === 'is missing'; // the first of several is named
      state.ledger.break();
      return;
    }
    isInGap = false;
    for (const deed of reading.deeds) {
      state.do(deed);
      visit(deed);
    }
  };
  for (const { id, number } of snapshot?.segments ?? []) take(await readRecord(store, keys.segment(id), number) ?? { kind: 'bad', why: 'is missing' }, keys.segment(id));
  if (snapshot !== null) state.do(snapshot);
  for (const { number, reading } of found) take(reading, keys.record(number));
  return { state, next, warnings };
}

/** What of a deed stays when the state after it is in a snapshot. */
function remaining(deed: Deed): readonly Deed[] {
  switch (deed.kind) {
    case 'ledger': case 'cut': case 'metrics': case 'settled': return [deed];
    case 'checkpoint': {
      const reading = parseManifest(deed.manifest);
      return reading.kind === 'good' ? [{ kind: 'settled', update: reading.manifest.update, rollbacks: reading.manifest.rollbacks }] : [];
    }
    case 'opened': case 'removed': case 'artefact': case 'snapshot': return [];
  }
}

/** Of the newest snapshot's record; 0 if there is none. */
export function snapshotNumber({ snapshot: { segments } }: RunState): number {
  return segments.at(-1)?.number ?? 0;
}

/**
 * The snapshot that record `number`, the next one, is to hold: of the records after the one before, whose lines it writes as a segment, and of
 * the state. Null if one of them cannot be read: then the log stays as it is.
 */
export async function snapshotOf({ store, prefix, state }: LogPlace & { readonly state: RunState }, number: number): Promise<SnapshotDeed | null> {
  const keys = keysOf(prefix);
  const deeds: Deed[] = [];
  const openings = [...state.snapshot.openings];
  for (let each = snapshotNumber(state) + 1; each < number; each += 1) {
    const reading = await readRecord(store, keys.record(each), each);
    if (reading?.kind !== 'good') return null;
    if (reading.deeds.some(({ kind }) => kind === 'opened')) openings.push(each);
    deeds.push(...reading.deeds.flatMap(remaining));
  }
  const segment: Segment = { id: randomBytes(8).toString('hex'), number };
  await store.putIfAbsent(keys.segment(segment.id), encodeRecord(number, deeds));
  return {
    kind: 'snapshot', segments: [...state.snapshot.segments, segment], openings, writer: state.writer,
    checkpoints: [...state.checkpoints.values()].map(({ id, text }) => ({ id, manifest: text })), artefacts: [...state.artefacts.values()],
  };
}

/** Removes records before a snapshot's, but for those that opened the run. */
export async function removeSuperfluous({ store, prefix }: LogPlace, { before, openings }: { readonly before: number; readonly openings: readonly number[] }): Promise<void> {
  const stays = new Set(openings);
  for (const number of await numbersOf(store, prefix)) if (number < before && !stays.has(number)) await store.remove(keysOf(prefix).record(number));
}
