// The tensorflow engine as this program opens it: where it is, and what to do where it is not.
import { createRequire } from 'node:module';
import type { ContinuousPool } from '../../engine/pool/continuous.ts';
import type { TensorflowEngine } from '../../engine/tfjs/tensorflow-engine.ts';
import type { Location } from '../../engine/tfjs/loading.ts';
import { EngineError } from '../../platform/engines/errors.ts';
import { findTensorflow } from '../../platform/engines/place.ts';
import { PACKAGE } from '../../platform/engines/recipe.ts';

const INSTALL = 'Install it with `ebm engine install tensorflow`, or take resources.engine=wasm, which gives the same bits for Boltzmann machines.';

/** `refused`: no GPU is no engine. */
export type Processor = 'allowed' | 'refused';
export interface TensorflowChoice { readonly threads: number; readonly next: 'soon' | 'later'; readonly processor?: Processor }

/** An installation that was finished, or the package among the program's own; undefined where there is neither. */
export async function tensorflowLocation(): Promise<Location | undefined> {
  const folder = await findTensorflow(process.env);
  if (folder !== null) return folder;
  try {
    createRequire(import.meta.url).resolve(PACKAGE);
    return null;
  } catch {
    return undefined;
  }
}

/** Throws EngineError: `engine-not-installed`, `engine-not-loaded`, `no-gpu`. */
export async function openTensorflow({ threads, next, processor = 'allowed' }: TensorflowChoice): Promise<TensorflowEngine> {
  const { openTensorflowEngine } = await import('../../engine/tfjs/tensorflow-engine.ts');
  return openedAt((location) => openTensorflowEngine({ location, threads, next }), processor);
}

/** For continuous models. Throws as `openTensorflow` does. */
export async function openTensorflowForContinuous({ threads, processor }: { readonly threads: number; readonly processor: Processor }): Promise<ContinuousPool> {
  const { openTensorflowContinuous } = await import('../../engine/tfjs/tensorflow-continuous.ts');
  return openedAt((location) => openTensorflowContinuous({ location, threads }), processor);
}

async function openedAt<Opened extends { readonly isUsingGpu: boolean; close(): Promise<void> }>(open: (location: Location) => Promise<Opened>, processor: Processor): Promise<Opened> {
  const location = await tensorflowLocation();
  if (location === undefined) throw new EngineError('engine-not-installed', 'the tensorflow engine is not installed on this machine', INSTALL);
  let engine: Opened;
  try {
    engine = await open(location);
  } catch (error) {
    throw new EngineError('engine-not-loaded', error instanceof Error ? error.message : String(error), INSTALL, error);
  }
  if (processor === 'refused' && !engine.isUsingGpu) {
    await engine.close();
    throw new EngineError('no-gpu', 'a GPU was asked for, and TensorFlow finds none here: it would compute on the processor',
      'Install the library for GPUs (`ebm engine install tensorflow --gpu`) on a machine with NVIDIA\'s driver and CUDA 12 (`nvidia-smi` shows it), or allow the processor with --allow-cpu.');
  }
  return engine;
}
