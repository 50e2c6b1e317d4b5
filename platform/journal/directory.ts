// The journal in a run directory: ledger.jsonl, metrics.jsonl, checkpoints/ and artefacts. Owns the order of what becomes durable:
// first the lines, then the checkpoint that counts them, and only then what it makes superfluous goes (J1). Knows nothing of locks.
import { join } from 'node:path';
import { ensureDirectory, replaceFile } from '../store/durable.ts';
import { guarded } from '../store/errors.ts';
import type { Files } from '../store/files.ts';
import { checkKey, foldersOf } from '../store/keys.ts';
import { Checkpoints, describeDamage, type CheckpointEntry } from './checkpoints.ts';
import type { AppendOutcome, Journal, LedgerAside, LedgerEntry, LedgerPosition, AnyPublished, RestoreOutcome, Snapshot } from './journal.ts';
import { LEDGER_NAME, LedgerFile } from './ledger-file.ts';
import { LineFile } from './line-file.ts';
import { LIMITS } from './limits.ts';
import { readLines } from './lines.ts';
import { compareInstances, retention, type Instance } from './retention.ts';
import { Serial } from './serial.ts';
import { reasonAt, type JournalSettings } from './settings.ts';

export const METRICS_NAME = 'metrics.jsonl';
export const CHECKPOINTS_NAME = 'checkpoints';

export interface CheckpointReport {
  /** As the user wrote the run directory. */
  readonly path: string;
  readonly removed: readonly { readonly path: string; readonly why: string }[];
  /** What did not work and does no harm: older ones that could not be removed. */
  readonly warnings: readonly string[];
}

/** Whether a name, or the folder that it stands in, is the journal's own and no artefact's. */
export function isJournalName(name: string): boolean {
  const first = name.split('/')[0] ?? '';
  return first === CHECKPOINTS_NAME || first === 'job.json' || first === METRICS_NAME || first.startsWith('ledger.');
}

interface Parts {
  readonly files: Files;
  readonly path: string;
  readonly settings: JournalSettings;
  readonly ledger: LedgerFile;
  readonly metrics: LineFile;
  readonly checkpoints: Checkpoints;
}

export class DirectoryJournal implements Journal {
  readonly #parts: Parts;
  readonly #turns = new Serial();
  #closing: Promise<void> | null = null;
  /** Called once, after the last write. */
  readonly #onClose: () => Promise<void>;

  constructor(parts: Parts, onClose: () => Promise<void>) {
    this.#parts = parts;
    this.#onClose = onClose;
  }

  /** One after the other, with errors for users. */
  #turn<Result>(path: string, doing: string, task: () => Promise<Result>): Promise<Result> {
    if (this.#closing !== null) return Promise.reject(new Error('the journal is closed'));
    return this.#turns.run(() => guarded(path, doing, task));
  }

  checkpoint(given: Snapshot, model: AnyPublished): Promise<CheckpointReport> {
    const { path, settings, ledger, metrics, checkpoints } = this.#parts;
    if (given.figure !== null && !Number.isFinite(given.figure)) return Promise.reject(new RangeError('a figure must be finite'));
    return this.#turn(join(path, CHECKPOINTS_NAME), `writing the checkpoint of update ${given.update}`, async () => {
      await metrics.sync();
      await ledger.sync();
      const before = (await checkpoints.list()).find(({ update }) => update === given.update);
      const wasScheduled = before?.kind === 'good' && before.reason === 'scheduled';
      const snapshot = { ...given, reason: wasScheduled ? 'scheduled' : reasonAt(settings, given) };
      const written = await checkpoints.write(snapshot, model, settings.grid);
      return { path: written, ...await this.#tidy(snapshot) };
    });
  }

  /** What the checkpoint that is durable now makes superfluous. Failing at it loses nothing, so it only warns. */
  async #tidy(instance: Instance): Promise<Omit<CheckpointReport, 'path'>> {
    const { settings, ledger, checkpoints } = this.#parts;
    try {
      await ledger.settle(instance);
      const { removed } = retention(await checkpoints.list(), settings.keep);
      await checkpoints.remove(removed.map(({ checkpoint }) => checkpoint));
      return { removed: removed.map(({ checkpoint, why }) => ({ path: checkpoint.path, why })), warnings: [] };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { removed: [], warnings: [`${this.#parts.path}: what is no longer needed could not be removed: ${message}`] };
    }
  }

  restore(update?: number): Promise<RestoreOutcome> {
    return this.#restore(`restoring a checkpoint`, (entry) => update === undefined || entry.update === update, update);
  }

  restoreScheduled(atMost: number): Promise<RestoreOutcome> {
    // Why a damaged one was taken cannot be told from it: it is named if it may have been scheduled.
    const { settings } = this.#parts;
    const mayBe = (entry: CheckpointEntry): boolean => entry.kind === 'good'
      ? entry.reason === 'scheduled' : entry.update === 0 || (settings.every > 0 && entry.update % settings.every === 0);
    return this.#restore('restoring a scheduled checkpoint', (entry) => entry.update <= atMost && mayBe(entry));
  }

  #restore(doing: string, isWanted: (entry: CheckpointEntry) => boolean, update?: number): Promise<RestoreOutcome> {
    const { path, ledger, checkpoints } = this.#parts;
    return this.#turn(join(path, CHECKPOINTS_NAME), doing, async () => {
      const entries = await checkpoints.list();
      const warnings: string[] = [];
      for (const entry of entries.filter(isWanted)) {
        const { snapshot, damage } = await checkpoints.read(entry);
        if (damage !== null) warnings.push(`${describeDamage(entry.path, damage)}; this checkpoint was passed over`);
        if (snapshot === null) continue;
        if (!await ledger.holds(snapshot.ledger)) warnings.push(this.#ledgerWarning(snapshot));
        return { kind: 'restored', snapshot, warnings };
      }
      if (update !== undefined && warnings.length === 0) {
        const there = entries.map((entry) => entry.update).join(', ') || 'none';
        warnings.push(`${join(path, CHECKPOINTS_NAME)}: there is no checkpoint of update ${update}; there are: ${there}`);
      }
      return { kind: 'none', warnings };
    });
  }

  #ledgerWarning({ update, ledger }: Snapshot): string {
    return `${join(this.#parts.path, LEDGER_NAME)}: it does not hold line ${ledger.lines}, up to which the checkpoint of update ${update} counts: `
      + 'it was changed or lost. The run can go on; the ledger will show a gap there, and the old one is kept beside it';
  }

  appendLedger(entry: LedgerEntry, aside: LedgerAside): Promise<AppendOutcome> {
    const { path, ledger } = this.#parts;
    return this.#turn(join(path, LEDGER_NAME), 'appending a line', () => ledger.append(entry, aside));
  }

  cutLedger(to: LedgerPosition): Promise<void> {
    const { path, ledger } = this.#parts;
    return this.#turn(join(path, LEDGER_NAME), 'cutting it back', () => ledger.cut(to));
  }

  /** Cuts the ledger back for good: what is computed from there on is meant to differ, for example after a change of the run's length. */
  dropLedger(to: LedgerPosition): Promise<void> {
    const { path, ledger } = this.#parts;
    return this.#turn(join(path, LEDGER_NAME), 'cutting it back', async () => {
      await ledger.cut(to);
      await ledger.forgetCut();
    });
  }

  ledgerPosition(): LedgerPosition {
    return this.#parts.ledger.position;
  }

  discardNewer(than: Instance): Promise<void> {
    const { path, checkpoints } = this.#parts;
    return this.#turn(join(path, CHECKPOINTS_NAME), 'discarding checkpoints', async () => {
      const entries = await checkpoints.list();
      await checkpoints.remove(entries.filter((entry) => entry.kind === 'good' ? compareInstances(entry, than) > 0 : entry.update > than.update));
    });
  }

  appendMetrics(line: Readonly<Record<string, unknown>>): Promise<void> {
    const { path, metrics } = this.#parts;
    const text = `${JSON.stringify({ formatVersion: 1, ...line })}\n`;
    if (Buffer.byteLength(text) > LIMITS.metricsLineBytesMax) return Promise.reject(new RangeError(`a metrics line of ${Buffer.byteLength(text)} bytes; at most ${LIMITS.metricsLineBytesMax}`));
    return this.#turn(join(path, METRICS_NAME), 'appending a line', () => metrics.append(text));
  }

  async writeArtefact(name: string, bytes: Uint8Array): Promise<void> {
    checkKey(name);
    const { files, path } = this.#parts;
    if (isJournalName(name)) throw new RangeError(`artefact ${name}: the name belongs to the journal`);
    await this.#turn(join(path, name), 'writing it', async () => {
      for (const folder of foldersOf(name)) await ensureDirectory(files, join(path, folder));
      // The temporary file stands in the run directory itself, where opening it cleans up.
      await replaceFile(files, join(path, name), bytes, path);
    });
  }

  /** Lines are durable when the promise resolves. Closing twice is closing once. */
  close(): Promise<void> {
    const { path, ledger, metrics } = this.#parts;
    this.#closing ??= this.#turns.run(() => guarded(path, 'closing the run', async () => {
      const outcomes = await Promise.allSettled([ledger.close(), metrics.close()]);
      await this.#onClose();
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    }));
    return this.#closing;
  }
}

const OPENING = 'opening the run directory';

/** Opens what is there, after cleaning up behind a process that died. The caller has the run directory to itself. */
export async function openDirectoryJournal(files: Files, path: string, settings: JournalSettings, onClose: () => Promise<void>): Promise<{ readonly journal: DirectoryJournal; readonly warnings: readonly string[] }> {
  const checkpoints = new Checkpoints(files, join(path, CHECKPOINTS_NAME));
  await checkpoints.recover();
  const { ledger, warnings } = await guarded(join(path, LEDGER_NAME), OPENING, () => LedgerFile.open(files, path));
  try {
    const said = [...warnings];
    const metricsPath = join(path, METRICS_NAME);
    const metrics = await guarded(metricsPath, OPENING, () => openMetrics(files, metricsPath, said));
    return { journal: new DirectoryJournal({ files, path, settings, ledger, metrics, checkpoints }, onClose), warnings: said };
  } catch (error) {
    await ledger.close().catch(() => undefined);
    throw error;
  }
}

/** Without a last line that is torn or too long, which it says. */
async function openMetrics(files: Files, path: string, said: string[]): Promise<LineFile> {
  let bytes = 0;
  for await (const line of readLines(files, path, LIMITS.metricsLineBytesMax)) {
    if (line.kind === 'line') bytes = line.end;
    else said.push(`${path}: its last line ${line.kind === 'torn' ? 'has no end' : 'is too long'}; it was cut off`);
  }
  return LineFile.open(files, path, bytes);
}
