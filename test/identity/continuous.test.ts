// A continuous model's run is the same bits for any workers, wire and cut of its microbatches, and however often it was interrupted or died, within
// a device class: here the reference engine's.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isContinuous, type ContinuousJob } from '../../ebm/job.ts';
import { openContinuousReference } from '../../engine/reference/continuous.ts';
import { EMBEDDED_RULES } from '../../coordinator/shell/options.ts';
import { CoordinatorShell } from '../../coordinator/shell/shell.ts';
import type { RunOutcome } from '../../coordinator/shell/events.ts';
import type { ContinuousSession } from '../../engine/continuous.ts';
import { loadContinuous, placeOf } from '../../cli/compose/continuous.ts';
import { virtualClock } from '../../platform/clock/virtual.ts';
import { compileJob } from '../../platform/config/compile.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import { parseJob } from '../../platform/config/read.ts';
import { isFloats, loadAny } from '../../platform/data/load.ts';
import { MemoryJournal } from '../../platform/journal/memory.ts';
import { SILENT_TELEMETRY } from '../../platform/telemetry/silent.ts';
import { WorkerShell } from '../../worker/shell/shell.ts';
import { bitsOf, openWire, randomCut, turn, type Bits, type Wire } from './fleet.ts';

const UPDATES = 12;
const ENERGY = '{ kind: energy, energy: { kind: quadratic } }';
const SCORE = '{ kind: score, network: { kind: mlp, layers: [4], features: 2 }, noise: { kind: ve, sigmaMin: 0.1, sigmaMax: 5 } }';
const WAYS: readonly (readonly [string, readonly string[], string?])[] = [
  ['quadratic by pcd', ['model.energy.kind=quadratic', 'train.objective=pcd', 'train.chains=24', 'train.steps=2', 'train.average=0.5']],
  ['mlp by pcd', ['model.energy.kind=mlp', 'model.energy.layers=[4]', 'train.objective=pcd', 'train.chains=24', 'train.optimiser.kind=adam']],
  ['quadratic by denoising', ['model.energy.kind=quadratic', 'train.objective=denoising', 'train.staleness=1']],
  ['mlp by denoising', ['model.energy.kind=mlp', 'model.energy.layers=[4]', 'train.objective=denoising', 'train.optimiser.momentum=0.5']],
  ['scores', ['train.optimiser.kind=adam', 'train.average=0.9', 'train.staleness=1'], SCORE],
];

async function jobOf(settings: readonly string[], model = ENERGY): Promise<ContinuousJob> {
  const common = [`train.updates=${UPDATES}`, 'train.batch=12', 'train.microbatch=2', 'checkpoint.every=4', 'ledger.every=3'];
  const spec = parseJob(`data: { source: eight-gaussians }\nmodel: ${model}\nevaluate: off\n`, [...common, ...settings]);
  const { facts } = await loadAny(spec.data, '.', spec.seed);
  const job = compileJob(spec, facts);
  assert.ok(isContinuous(job));
  return job;
}

interface Life {
  readonly workers: number;
  readonly wire: Wire;
  readonly cut: number;
  readonly journal: MemoryJournal;
  readonly epoch: number;
  /** Workers of another device class, whose bits are others; they come after the first worker. */
  readonly strangers?: number;
  /** What befalls the run after an update. */
  readonly end?: { readonly kind: 'interrupt' | 'crash'; readonly update: number };
}

const engine = openContinuousReference();
const journalOf = ({ checkpoint: { every, keep } }: ContinuousJob): MemoryJournal => new MemoryJournal({ every, keep, grid: 0 });

/** The outcome, or null of a life that ended without one. */
async function live(job: ContinuousJob, { workers, wire, cut, journal, epoch, strangers = 0, end }: Life): Promise<RunOutcome | null> {
  const clock = virtualClock();
  const transport = openWire(wire, clock);
  const data = await loadAny(job.data, '.', job.seed);
  assert.ok(isFloats(data));
  const session = await loadContinuous(engine, job, data.training);
  const stop = new AbortController();
  const restored = await journal.restore();
  let died = false;
  const crew: WorkerShell[] = [];
  const die = (): void => {
    died = true;
    crew.forEach((worker) => { worker.kill(); }); // the coordinator hears of nothing any more, and its clock stands still
  };
  const common = { run: 'identity', clock, transport, shared: wire === 'references', engine: engine.fingerprint() } as const;
  const coordinator = new CoordinatorShell({
    ...common, session: null, job, jobDigest: jobDigest(job), journal, telemetry: SILENT_TELEMETRY, data: { testRows: 0, validationRows: 0 },
    start: restored.kind === 'restored' ? restored.snapshot : null, epoch, signal: stop.signal, progressMs: 0, fleet: { ...EMBEDDED_RULES, cut: randomCut(cut) },
    onEvent(event) {
      if (event.kind !== 'progress' || event.update !== end?.update) return;
      if (end.kind === 'interrupt') stop.abort();
      else die();
    },
  });
  let outcome: RunOutcome | null = null;
  const running = coordinator.run().then((ended) => { outcome = ended; });
  for (let i = 1; i <= workers; i += 1) {
    crew.push(new WorkerShell({ ...common, id: `w-${i}`, session: null, continuous: placeOf(job, session, data), visible: job.facts.visible, hidden: 0, rows: {} }));
  }
  for (let i = 1; i <= strangers; i += 1) {
    crew.push(new WorkerShell({ ...common, id: `s-${i}`, engine: { ...common.engine, deviceClass: 'other' }, session: null, continuous: placeOf(job, otherwise(session), data), visible: job.facts.visible, hidden: 0, rows: {} }));
  }
  const left = crew.map((worker) => worker.run());
  while (outcome === null && !died) await turn();
  if (!died) await Promise.all([running, ...left]);
  await transport.close();
  return died ? null : outcome;
}

/** The same, rounded otherwise. */
function otherwise(session: ContinuousSession): ContinuousSession {
  return {
    ...session,
    async evaluate(...unit) {
      const contribution = await session.evaluate(...unit);
      contribution.gradient.low[0]! ^= 1;
      return contribution;
    },
  };
}

async function bits(job: ContinuousJob, life: Omit<Life, 'journal' | 'epoch'>, before: readonly NonNullable<Life['end']>[] = []): Promise<Bits> {
  const journal = journalOf(job);
  for (const [i, end] of before.entries()) {
    const outcome = await live(job, { ...life, workers: 1 + ((life.workers + i) % 3), cut: life.cut + i, journal, epoch: 1 + i, end });
    assert.equal(outcome?.kind ?? 'crash', end.kind === 'interrupt' ? 'interrupted' : 'crash');
  }
  const outcome = await live(job, { ...life, journal, epoch: 1 + before.length });
  assert.ok(outcome !== null);
  return bitsOf({ outcome, journal });
}

for (const [name, settings, model] of WAYS) {
  describe(name, () => {
    const expected = jobOf(settings, model).then(async (job) => ({ job, alone: await bits(job, { workers: 1, wire: 'references', cut: 1 }) }));

    for (const workers of [1, 2, 3]) {
      for (const wire of ['references', 'bytes'] as const) {
        test(`${workers} workers by ${wire}, cut at random places`, async () => {
          const { job, alone } = await expected;
          for (const cut of [2, 3]) assert.deepEqual(await bits(job, { workers, wire, cut }), alone);
        });
      }
    }

    test('with workers of another device class beside them, also in a life that goes on', async () => {
      const { job, alone } = await expected;
      assert.deepEqual(await bits(job, { workers: 1, wire: 'bytes', cut: 7, strangers: 2 }, [{ kind: 'crash', update: 6 }]), alone);
    });

    test('interrupted and resumed by other fleets', async () => {
      const { job, alone } = await expected;
      assert.deepEqual(await bits(job, { workers: 2, wire: 'bytes', cut: 5 }, [{ kind: 'interrupt', update: 2 }, { kind: 'interrupt', update: 7 }]), alone);
    });

    test('dead after a checkpoint, and before the first one', async () => {
      const { job, alone } = await expected;
      assert.deepEqual(await bits(job, { workers: 3, wire: 'bytes', cut: 6 }, [{ kind: 'crash', update: 2 }, { kind: 'crash', update: 6 }]), alone);
    });
  });
}

describe('chains that stand still', () => {
  const stuck = jobOf([...WAYS[0]![1], 'train.sampler.kind=mala', 'train.sampler.stepSize=1e5']);

  async function failure(life: Omit<Life, 'journal' | 'epoch'>, before: readonly NonNullable<Life['end']>[] = []): Promise<readonly unknown[]> {
    const job = await stuck;
    const journal = journalOf(job);
    for (const [i, end] of before.entries()) await live(job, { ...life, journal, epoch: 1 + i, end });
    const outcome = await live(job, { ...life, journal, epoch: 1 + before.length });
    assert.ok(outcome?.kind === 'failed');
    const { code, message, update, rollbacks, branch } = outcome;
    return [code, message, update, rollbacks, branch, journal.ledgerText];
  }

  test('are a divergence at the same update for every fleet and after every interruption, and the advice names the step', async () => {
    const alone = await failure({ workers: 1, wire: 'references', cut: 1 });
    assert.deepEqual(alone.slice(0, 1), ['diverged']);
    assert.match(String(alone[1]), /^chains that stand still at an acceptance of 0.0 %, the last of 10 updates in a row, at a learning rate of .*3 rollbacks.*a smaller train.sampler.stepSize/);
    assert.deepEqual(alone.slice(2, 5), [9, 3, 3]);
    assert.deepEqual(await failure({ workers: 3, wire: 'bytes', cut: 2 }), alone);
    assert.deepEqual(await failure({ workers: 2, wire: 'bytes', cut: 5 }, [{ kind: 'interrupt', update: 2 }, { kind: 'interrupt', update: 7 }]), alone);
    assert.deepEqual(await failure({ workers: 2, wire: 'references', cut: 6 }, [{ kind: 'crash', update: 6 }]), alone);
  });
});
