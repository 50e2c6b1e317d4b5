// `ebm bench train`, `kernels` and `gibbs`: the wasm engine's bare calls in a loop, without coordinator, worker, files or figures.
import { meanOf } from '../../ebm/rbm/binarise.ts';
import { initialise, startChains } from '../../ebm/rbm/initial.ts';
import type { Parameters } from '../../ebm/rbm/parameters.ts';
import { PURPOSES } from '../../ebm/random/purposes.ts';
import type { ApplyOutcome, Dataset, Problem, Session, StepSettings, UpdateUnit } from '../../engine/engine.ts';
import { openEngine } from '../compose/engines.ts';
import { benchRows } from './rows.ts';
import { stopBetween } from './stopping.ts';
import { lengthOf, type BenchOptions, type Workload } from './workload.ts';

const LEARNING_RATE = Math.fround(0.05);
/** So small that the parameters stay where they are. */
const STANDING_RATE = 2 ** -30;
const GIBBS_STEPS = 200;
const WEIGHT_DEVIATION = 0.05;

function problemOf(options: BenchOptions, data: Dataset | null): Problem {
  const { visible, hidden, batch, chains, k } = options;
  return {
    seed: 1, visible, hidden, grid: 10, objective: 'pcd', steps: k, batch, chains, centred: true, average: 0, data,
    optimiser: { kind: 'sgd', learningRate: LEARNING_RATE, schedule: 'constant', warmup: 0, momentum: 0, weightDecay: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  };
}

export function published(outcome: ApplyOutcome): Parameters {
  if (outcome.kind === 'diverged') throw new Error(`the benchmark diverged: ${outcome.reason} at ${outcome.where}`);
  return outcome.published;
}

/** A run at its first update, and what its workloads have in common. */
async function beginning(options: BenchOptions) {
  const data = await benchRows(options.visible);
  const problem = problemOf(options, data);
  const engine = await openEngine(options.engine, options.threads, 'joined');
  const session = await engine.load(problem);
  const state = session.createState();
  initialise(state, problem, meanOf(data));
  const parameters = published(await session.publish(state.masters, 0, 0));
  const chains: Uint8Array = startChains(problem.seed, { from: 0, to: problem.chains }, problem.hidden);
  const { epoch, epochs } = lengthOf(options, data.rows);
  const updates = epoch * epochs;
  const unit = (update: number, version: number): UpdateUnit => (
    { branch: 0, update, version, data: { from: 0, to: problem.batch }, chains: { from: 0, to: problem.chains } });
  const configuration = `${problem.visible}x${problem.hidden} b${problem.batch} PCD-${problem.steps}, ${problem.chains} chains, centred`;
  return { session, state, parameters, chains, updates, unit, work: updates * problem.batch, configuration, close: () => engine.close() };
}

/** PCD-k: evaluate and apply, one unit an update. */
export async function trainWorkload(options: BenchOptions): Promise<Workload> {
  const { session, state, updates, unit, work, configuration, close, ...first } = await beginning(options);
  let { parameters, chains } = first;
  let update = 0;
  const pause = stopBetween(options.signal);
  return {
    name: 'ebm-fleet wasm', unit: 'samples/s', work, configuration, close,
    async repeat(): Promise<void> {
      for (let done = 0; done < updates; done += 1, update += 1) {
        await pause();
        const contribution = await session.evaluate(unit(update, update), parameters, chains);
        const step: StepSettings = { update, branch: 0, learningRate: LEARNING_RATE };
        parameters = published(await session.apply(state, contribution.sums, step));
        chains = contribution.chains;
        session.release(contribution);
      }
    },
  };
}

/** The chains and the statistics of PCD-k at fixed parameters. */
export async function evaluateWorkload(options: BenchOptions): Promise<Workload> {
  const { session, parameters, updates, unit, work, configuration, close, ...first } = await beginning(options);
  let { chains } = first;
  let update = 0;
  const pause = stopBetween(options.signal);
  return {
    name: 'evaluate', unit: 'samples/s', work, configuration, close,
    async repeat(): Promise<void> {
      for (let done = 0; done < updates; done += 1, update += 1) {
        await pause();
        const contribution = await session.evaluate(unit(update, 0), parameters, chains);
        chains = contribution.chains;
        session.release(contribution);
      }
    },
  };
}

/** The optimiser's step, with the same sums again and again and a rate that hardly moves the parameters. */
export async function applyWorkload(options: BenchOptions): Promise<Workload> {
  const { session, state, parameters, chains, updates, unit, configuration, close } = await beginning(options);
  const { sums } = await session.evaluate(unit(0, 0), parameters, chains);
  let update = 0;
  const pause = stopBetween(options.signal);
  return {
    name: 'apply', unit: 'updates/s', work: updates, configuration, close,
    async repeat(): Promise<void> {
      for (let done = 0; done < updates; done += 1, update += 1) {
        await pause();
        published(await session.apply(state, sums, { update, branch: 0, learningRate: STANDING_RATE }));
      }
    },
  };
}

/** A model with normal weights of deviation 0.05, and nothing to learn from. */
export async function randomModel(options: BenchOptions): Promise<{ readonly session: Session; readonly parameters: Parameters; close(): Promise<void> }> {
  const { visible } = options;
  const engine = await openEngine(options.engine, options.threads, 'joined');
  const problem = problemOf(options, null);
  const session = await engine.load(problem);
  const state = session.createState();
  initialise(state, problem, new Float64Array(visible).fill(0.5));
  state.masters.weights.forEach((weight, index) => { state.masters.weights[index] = weight * (WEIGHT_DEVIATION / 0.01); });
  return { session, parameters: published(await session.publish(state.masters, 0, 0)), close: () => engine.close() };
}

/** Block Gibbs with fixed parameters. */
export async function gibbsWorkload(options: BenchOptions): Promise<Workload> {
  const { chains, visible, hidden } = options;
  const model = await randomModel(options);
  const { session, parameters } = model;
  const states = startChains(1, { from: 0, to: chains }, hidden);
  let firstHalfStep = 0;
  return {
    name: 'ebm-fleet gibbs', unit: 'bit-updates/s', work: chains * GIBBS_STEPS * (visible + hidden),
    configuration: `RBM ${visible}x${hidden} ${chains} chains x ${GIBBS_STEPS} steps`,
    async repeat(): Promise<void> {
      await session.sample({
        parameters, purpose: PURPOSES.samples, branch: 0, word3: 0, chains: { from: 0, to: chains }, states, steps: GIBBS_STEPS, firstHalfStep, clamp: null,
      });
      firstHalfStep += 2 * GIBBS_STEPS;
    },
    close: () => model.close(),
  };
}
