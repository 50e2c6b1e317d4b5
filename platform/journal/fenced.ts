// A journal behind a fence: before anything durable is written, whoever leads is asked whether it still does. What it rejects with is what the
// run ends with; nothing has been written then.
import { StorageError } from '../store/errors.ts';
import type { Journal } from './journal.ts';

export function fencedJournal(journal: Journal, assertLeading: () => Promise<void>): Journal {
  const fenced = <Words extends readonly unknown[], Result>(write: (...words: Words) => Promise<Result>) => async (...words: Words): Promise<Result> => {
    await assertLeading();
    try {
      return await write(...words);
    } catch (error) {
      // Somebody took over since we asked: whoever leads hears of it first, and the run is not told to have failed.
      if (error instanceof StorageError && error.code === 'deposed') await assertLeading();
      throw error;
    }
  };
  return {
    checkpoint: fenced((snapshot, model) => journal.checkpoint(snapshot, model)),
    appendLedger: fenced((entry, aside) => journal.appendLedger(entry, aside)),
    cutLedger: fenced((to) => journal.cutLedger(to)),
    discardNewer: fenced((than) => journal.discardNewer(than)),
    appendMetrics: fenced((line) => journal.appendMetrics(line)),
    writeArtefact: fenced((name, bytes) => journal.writeArtefact(name, bytes)),
    restore: (update) => journal.restore(update),
    restoreScheduled: (atMost) => journal.restoreScheduled(atMost),
    ledgerPosition: () => journal.ledgerPosition(),
    close: () => journal.close(),
  };
}
