// Device classes: whatever workers of several classes do in whatever order, a continuous run is computed by one of them, and a Boltzmann machine,
// or a run that may mix them, by all.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { told, withClass } from '../../../coordinator/machine/classes.ts';
import { compileJob } from '../../../platform/config/compile.ts';
import { parseJob } from '../../../platform/config/read.ts';
import type { AnyJob } from '../../../ebm/job.ts';
import { tinyJob } from '../../support/tiny-job.ts';
import { nameOf, World, type Action } from '../../support/world.ts';

const FACTS = { digest: `sha256:${'a'.repeat(64)}`, trainingRows: 100, validationRows: 0, testRows: 0, visible: 2 };
const SETTINGS = ['train.batch=12', 'train.chains=24', 'train.microbatch=2', 'train.updates=6', 'checkpoint.every=2', 'train.rollbacks=3'];

function continuousJob(...settings: readonly string[]): AnyJob {
  return compileJob(parseJob('data: { source: eight-gaussians }\nmodel: { kind: energy, energy: { kind: quadratic } }\nevaluate: off\n', [...SETTINGS, ...settings]), FACTS);
}

const classOf = (worker: number): string => `class-${worker % 2}`;
const of = (name: string): { readonly version: string; readonly deviceClass: string } => ({ version: '1', deviceClass: name });
const worker = fc.integer({ min: 0, max: 5 });
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: worker.map((one): Action => ({ kind: 'join', worker: one })) },
  { weight: 6, arbitrary: worker.map((one): Action => ({ kind: 'request', worker: one })) },
  { weight: 2, arbitrary: worker.map((one): Action => ({ kind: 'leave', worker: one })) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('answer' as const), which: fc.nat(), lies: fc.constant(false), keeps: fc.boolean() }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 1_500 }).map((byMs): Action => ({ kind: 'tick', byMs })) },
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 9 }).map((n): Action => ({ kind: 'work', diverges: n === 0 })) },
);

function after(job: AnyJob, actions: readonly Action[], computedBy: ReturnType<typeof of>[] = []): World {
  const world = new World(job, {}, { classOf, computedBy });
  world.act({ kind: 'work', diverges: false });
  for (const one of actions) world.act(one);
  return world;
}

const refusals = ({ log }: World): readonly string[] => log.flatMap((command) => command.kind === 'refuse' && command.code === 'device-class' ? [command.to] : []);

describe('D1, M6', () => {
  test('a continuous run counts contributions of one class, for any order of joins, deaths, late answers and rollbacks', () => {
    let refused = 0;
    fc.assert(fc.property(fc.array(action, { maxLength: 100, size: 'max' }), (actions) => {
      const world = after(continuousJob(), actions);
      assert.ok(world.counted.size <= 1, [...world.counted].join());
      assert.deepEqual(world.state.run.computedBy, [...world.counted].map(of));
      const classes = new Set(world.state.members.map(({ fingerprint }) => fingerprint.deviceClass));
      assert.ok(new Set([...classes, ...world.counted]).size <= 1, 'M6: who is a member is of the class that was counted');
      refused += refusals(world).length;
    }), { seed: 20261129, numRuns: 100 });
    assert.ok(refused > 100, `${refused} refusals`);
  });

  test('a Boltzmann machine, and a run that may mix them, refuse nobody; what is mixed is on record', () => {
    for (const job of [tinyJob({ train: { updates: 4 } }), continuousJob('resources.mixedClasses=true')]) {
      const world = after(job, [0, 1, 2].map((one): Action => ({ kind: 'join', worker: one })));
      assert.deepEqual([refusals(world), world.state.members.length], [[], 3]);
    }
    const world = after(continuousJob('resources.mixedClasses=true'), []);
    for (let turn = 0; turn < 60 && !world.isOver; turn += 1) {
      for (const one of [0, 1]) {
        if (turn === 0) world.act({ kind: 'join', worker: one });
        world.act({ kind: 'request', worker: one });
        const which = world.given.findIndex((given) => given.worker === nameOf(one));
        if (which >= 0) world.act({ kind: 'answer', which, lies: false, keeps: false });
      }
      world.act({ kind: 'work', diverges: false });
    }
    assert.deepEqual(world.state.run.computedBy.map(({ deviceClass }) => deviceClass).sort(), ['class-0', 'class-1']);
    assert.deepEqual(told(world.state.run.computedBy)?.engine, '1');
  });
});

test('a run that goes on takes workers of its class alone, and says what to do', () => {
  const world = after(continuousJob(), [{ kind: 'join', worker: 0 }, { kind: 'join', worker: 1 }], [of('class-1')]);
  assert.deepEqual(world.state.members.map(({ key }) => key), ['w-1']);
  const refused = world.log.find((command) => command.kind === 'refuse');
  assert.equal(refused?.message, 'the run is computed by 1 on class-1, this worker by 1 on class-0: a continuous model has the same bits within one device class only. '
    + 'Start workers of that class, or submit the job with resources.mixedClasses: true.');
});

test('a class that has left before anything was counted binds nobody', () => {
  const world = after(continuousJob(), [{ kind: 'join', worker: 0 }, { kind: 'leave', worker: 0 }, { kind: 'join', worker: 1 }]);
  assert.deepEqual(world.state.members.map(({ key }) => key), ['w-1']);
});

test('of very many classes the first are told apart', () => {
  const world = after(continuousJob('resources.mixedClasses=true'), []);
  let { state } = world;
  for (let i = 0; i < 40; i += 1) state = { ...state, run: { ...state.run, computedBy: withClass(state, of(`${i}`)) } };
  assert.equal(state.run.computedBy.length, 16);
});
