// A Journal that keeps everything in memory, with the contract of the port: for tests of whoever uses one.
import { createHash } from 'node:crypto';
import {
  LEDGER_START, type AppendOutcome, type Journal, type LedgerAside, type LedgerEntry, type LedgerPosition, type AnyPublished, type RestoreOutcome, type Snapshot,
} from '../../platform/journal/journal.ts';

export interface Line { readonly entry: LedgerEntry; readonly aside: LedgerAside; readonly head: string }

export class MemoryJournal implements Journal {
  readonly checkpoints = new Map<number, Snapshot>();
  readonly models = new Map<number, AnyPublished>();
  readonly metrics: Readonly<Record<string, unknown>>[] = [];
  readonly artefacts = new Map<string, Uint8Array>();
  lines: Line[] = [];
  /** Lines that were cut, by number, for comparison. */
  readonly cut = new Map<number, LedgerEntry>();
  /** Called before each write with its name; what it throws, the write rejects with. */
  beforeWrite: (what: 'checkpoint' | 'ledger' | 'metrics') => void = () => undefined;

  checkpoint(snapshot: Snapshot, model: AnyPublished): Promise<{ readonly path: string }> {
    return Promise.resolve().then(() => {
      this.beforeWrite('checkpoint');
      const isScheduled = this.checkpoints.get(snapshot.update)?.reason === 'scheduled';
      this.checkpoints.set(snapshot.update, isScheduled ? { ...snapshot, reason: 'scheduled' } : snapshot);
      this.models.set(snapshot.update, model);
      return { path: `checkpoints/${String(snapshot.update).padStart(8, '0')}` };
    });
  }

  restore(update?: number): Promise<RestoreOutcome> {
    return Promise.resolve(found(update === undefined ? this.newest(() => true) : this.checkpoints.get(update)));
  }

  restoreScheduled(atMost: number): Promise<RestoreOutcome> {
    return Promise.resolve(found(this.newest((snapshot) => snapshot.reason === 'scheduled' && snapshot.update <= atMost)));
  }

  appendLedger(entry: LedgerEntry, aside: LedgerAside): Promise<AppendOutcome> {
    return Promise.resolve().then(() => {
      this.beforeWrite('ledger');
      const line = this.lines.length + 1;
      const head = `sha256:${createHash('sha256').update(`${this.ledgerPosition().head}\n${JSON.stringify(entry)}`).digest('hex')}`;
      this.lines = [...this.lines, { entry, aside, head }];
      const was = this.cut.get(line);
      this.cut.delete(line);
      const position = this.ledgerPosition();
      const differs = was !== undefined && JSON.stringify(was) !== JSON.stringify(entry);
      return differs ? { kind: 'differs', position, line, was: JSON.stringify(was), beside: {} } : { kind: 'appended', position };
    });
  }

  cutLedger(to: LedgerPosition): Promise<void> {
    this.lines.slice(to.lines).forEach((line, i) => this.cut.set(to.lines + i + 1, line.entry));
    this.lines = this.lines.slice(0, to.lines);
    if (this.ledgerPosition().head !== to.head) return Promise.reject(new Error('the ledger was cut at a position that it never had'));
    return Promise.resolve();
  }

  ledgerPosition(): LedgerPosition {
    const last = this.lines.at(-1);
    return last === undefined ? LEDGER_START : { lines: this.lines.length, head: last.head };
  }

  discardNewer(than: { readonly rollbacks: number; readonly update: number }): Promise<void> {
    for (const { update, rollbacks } of this.checkpoints.values()) {
      if (rollbacks > than.rollbacks || (rollbacks === than.rollbacks && update > than.update)) this.checkpoints.delete(update);
    }
    return Promise.resolve();
  }

  appendMetrics(line: Readonly<Record<string, unknown>>): Promise<void> {
    return Promise.resolve().then(() => {
      this.beforeWrite('metrics');
      this.metrics.push(line);
    });
  }

  writeArtefact(name: string, bytes: Uint8Array): Promise<void> {
    this.artefacts.set(name, bytes);
    return Promise.resolve();
  }

  close(): Promise<void> { return Promise.resolve(); }

  newest(accepts: (snapshot: Snapshot) => boolean): Snapshot | undefined {
    return [...this.checkpoints.values()].filter(accepts).sort((a, b) => b.rollbacks - a.rollbacks || b.update - a.update)[0];
  }
}

function found(snapshot: Snapshot | undefined): RestoreOutcome {
  return snapshot === undefined ? { kind: 'none', warnings: [] } : { kind: 'restored', snapshot, warnings: [] };
}
