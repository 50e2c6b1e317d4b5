// The engines that this program knows: opening one by name, and saying what there is. The only place where an engine is chosen.
import { availableParallelism } from 'node:os';
import type { CompiledJob } from '../../ebm/job.ts';
import type { Dataset, Engine, EngineFingerprint, Problem } from '../../engine/engine.ts';
import type { EngineDescription } from '../commands/actions.ts';

type EngineName = CompiledJob['resources']['engine'];

/** What the pool takes at most (engine/pool/pool.ts), said here so that asking does not load it. */
export const THREADS_MAX = 64;

/** Threads for compute: as asked, else the cores. */
export function threadsOf(asked: number | null): number {
  return asked ?? Math.min(THREADS_MAX, availableParallelism());
}

/** Threads for the step of a coordinator: as asked, else half of the cores. It waits for its workers, and on one machine they need the cores. */
export function stepThreadsOf(asked: number | null): number {
  return asked ?? Math.ceil(threadsOf(null) / 2);
}

/**
 * `auto` is wasm: it runs wherever Node does. `threads` null: the cores. `next`: `joined` where this thread waits for updates
 * anyway and may compute (adr/0010), `later` where commands come over a network. The caller closes it.
 */
export async function openEngine(name: EngineName, threads: number | null, next: 'joined' | 'soon' | 'later' = 'soon'): Promise<Engine> {
  if (name === 'reference') {
    const { openReferenceEngine } = await import('../../engine/reference/engine.ts');
    return openReferenceEngine();
  }
  if (name === 'tensorflow') {
    const { openTensorflow } = await import('./tensorflow.ts');
    return openTensorflow({ threads: threadsOf(threads), next: next === 'joined' ? 'soon' : next });
  }
  const { openWasmEngine } = await import('../../engine/wasm/engine.ts');
  return openWasmEngine({ threads: threadsOf(threads), next });
}

/**
 * The engine for work that is not the job's units: the step of a coordinator, the use of a trained model. The wasm engine is everywhere, starts at
 * once and has the tensorflow engine's bits.
 */
export function besides(name: EngineName): EngineName {
  return name === 'tensorflow' ? 'wasm' : name;
}

/** What an engine must know of a job; `data` null where no unit is computed. */
export function problemOf(job: CompiledJob, data: Dataset | null): Problem {
  const { seed, facts, model, train } = job;
  return {
    seed, visible: facts.visible, hidden: model.hidden, grid: model.grid, centred: model.centred,
    objective: train.objective, steps: train.steps, batch: train.batch, chains: train.chains ?? train.batch,
    optimiser: train.optimiser, average: train.average, data,
  };
}

/** As in the `engine` field of events and ledger lines. */
export function engineLabel(fingerprint: EngineFingerprint): string {
  return fingerprint.version;
}

const ENGINES = [
  ['wasm', 'SIMD kernels on all cores; what `auto` takes'], ['reference', 'plain TypeScript, the oracle of tests; slow'],
  ['tensorflow', 'TensorFlow, for GPUs: energies and score models; of a Boltzmann machine its Gibbs chain'],
] as const;

/** Every engine, working here or not: one thread of each. */
export async function describeEngines(): Promise<readonly EngineDescription[]> {
  const described: EngineDescription[] = [];
  for (const [name, remark] of ENGINES) {
    try {
      const engine = await openEngine(name, 1);
      const { version, deviceClass, threads } = engine.fingerprint();
      const isUsingGpu = 'isUsingGpu' in engine ? engine.isUsingGpu === true : null;
      await engine.close();
      described.push({ name, version, deviceClass, threads, isUsingGpu, available: true, remark });
    } catch (error) {
      const advice = error instanceof Error && 'advice' in error && typeof error.advice === 'string' ? ` ${error.advice}` : '';
      described.push({ name, version: '', deviceClass: '', threads: null, isUsingGpu: null, available: false, remark: `${error instanceof Error ? error.message : String(error)}.${advice}` });
    }
  }
  return described;
}
