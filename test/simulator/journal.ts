// A run's journal, watched: what is asked of it, and what it says is written.
import type { Journal } from '../../platform/journal/journal.ts';
import type { RunWatch, Term } from './run-watch.ts';
import type { World } from './world.ts';

export function watchedJournal(journal: Journal, { world, watch, term }: { readonly world: World; readonly watch: RunWatch; readonly term: Term }): Journal {
  const late = (): void => { if (world.fenced > term.leader) world.reached.add('deposed leader wanted to write'); };
  return {
    async checkpoint(snapshot, model) {
      late();
      watch.saving(term);
      const outcome = await journal.checkpoint(snapshot, model);
      if (term.life.isAlive) watch.saved(term, snapshot);
      return outcome;
    },
    restore: (...given) => journal.restore(...given),
    restoreScheduled: (...given) => journal.restoreScheduled(...given),
    async appendLedger(entry, aside) {
      late();
      const outcome = await journal.appendLedger(entry, aside);
      term.unsavedLines += 1;
      watch.ledger(term, outcome.position.lines, outcome.position.head, false);
      return outcome;
    },
    async cutLedger(to) {
      await journal.cutLedger(to);
      watch.ledger(term, to.lines, to.head, true);
    },
    ledgerPosition: () => journal.ledgerPosition(),
    discardNewer: (than) => {
      watch.discards(than);
      return journal.discardNewer(than);
    },
    appendMetrics: (...given) => journal.appendMetrics(...given),
    writeArtefact: (...given) => journal.writeArtefact(...given),
    close: () => journal.close(),
  };
}
