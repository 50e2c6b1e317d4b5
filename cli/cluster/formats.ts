// What the things in a cluster's store are written in: a table of format versions, which every leader leaves in it. So a program that is older
// than one that has led there sees it with one look, before it takes the lease or changes anything.
import { LOG_FORMAT_VERSION, readLog } from '../../coordinator/shell/cluster/log.ts';
import { JOB_FORMAT_VERSION } from '../../platform/config/config.ts';
import { PACK_FORMAT_VERSION } from '../../platform/datasets/head.ts';
import { INDEX_FORMAT_VERSION } from '../../platform/datasets/store-keep.ts';
import { RUN_FORMAT_VERSION } from '../../platform/journal/job-document.ts';
import { LEDGER_FORMAT_VERSION } from '../../platform/journal/ledger.ts';
import { MANIFEST_FORMAT_VERSION } from '../../platform/journal/manifest.ts';
import { RECORD_FORMAT_VERSION } from '../../platform/journal/run-log.ts';
import { STATE_FORMAT_VERSION } from '../../platform/journal/snapshot-file.ts';
import { StorageError } from '../../platform/store/errors.ts';
import type { Store } from '../../platform/store/store.ts';

export type Formats = Readonly<Record<string, number>>;

/** Names are part of the format: one may be added, none changed. */
export const FORMATS: Formats = {
  decisions: LOG_FORMAT_VERSION, jobs: JOB_FORMAT_VERSION, runs: RUN_FORMAT_VERSION, 'records of runs': RECORD_FORMAT_VERSION, ledgers: LEDGER_FORMAT_VERSION,
  checkpoints: MANIFEST_FORMAT_VERSION, states: STATE_FORMAT_VERSION, 'data sets': PACK_FORMAT_VERSION, 'indices of data sets': INDEX_FORMAT_VERSION,
};

const PREFIX = 'formats/';
/** Other tables have other names, so each is written once. */
const keyOf = (formats: Formats): string => PREFIX + Object.values(formats).join('-');

/** Throws StorageError `newer-format` if a program with a newer format has led here, LogUnreadable. Writes nothing. */
export async function requireReadable(store: Store, name: string): Promise<void> {
  await requireKnownFormats(store, name);
  await readLog(store);
}

/** The same without the log, which a new leader reads anyway. */
export async function requireKnownFormats(store: Store, name: string): Promise<void> {
  for (const key of await store.list(PREFIX)) {
    if (key === keyOf(FORMATS)) continue;
    const newer = Object.entries(tableIn(await store.get(key))).find(([what, version]) => version > (FORMATS[what] ?? 0));
    if (newer === undefined) continue;
    const [what, version] = newer;
    throw new StorageError({
      code: 'newer-format', path: name, what: `a newer ebm has led here: its ${what} have format version ${version}, this program reads up to ${FORMATS[what] ?? 0}`,
      remedy: 'Use a newer ebm-fleet, or put back a backup from before the upgrade; nothing was changed.',
    });
  }
}

/** Before anything else is written. */
export async function leaveFormats(store: Store): Promise<void> {
  const key = keyOf(FORMATS);
  if (await store.get(key) === null) await store.putIfAbsent(key, new TextEncoder().encode(JSON.stringify(FORMATS)));
}

/** Of what is no table: nothing. */
function tableIn(bytes: Uint8Array | null): Formats {
  try {
    const table: unknown = JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array(0)));
    return typeof table === 'object' && table !== null ? Object.fromEntries(Object.entries(table).filter((entry): entry is [string, number] => typeof entry[1] === 'number')) : {};
  } catch {
    return {};
  }
}
