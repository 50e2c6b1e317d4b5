// The engine of continuous models on a TensorFlow.js that is handed in, open and with its backend chosen. It imports no library: each opener has its own.
import { isDeepStrictEqual } from 'node:util';
import { compiledModule } from '../../ebm/continuous/model.ts';
import { declaredParameters } from '../../ebm/continuous/module.ts';
import type { ContinuousEngine, ContinuousProblem } from '../continuous.ts';
import type { EngineFingerprint } from '../engine.ts';
import { importDefinition } from '../module-program.ts';
import type { BeginSums } from './contribution.ts';
import type { TensorFlow } from './library.ts';
import type { UserModule } from './module-energy.ts';
import type { OpenNoise } from './noise.ts';
import { isScoreProblem, scoreSession } from './score-session.ts';
import { continuousSession } from './session.ts';

/** What this folder computes with the library: a change of bits is a new number. */
export const DEFINITION = 'tfjs/3';

/** An engine with what only its own library knows. */
export interface DeviceEngine extends ContinuousEngine {
  readonly isUsingGpu: boolean;
  /** Tensors that the library holds now: what sessions keep, and nothing of a unit that is over. */
  tensors(): number;
}

export interface DeviceEngineOptions { readonly fingerprint: EngineFingerprint; readonly openNoise: OpenNoise; readonly beginSums: BeginSums; readonly isUsingGpu?: boolean }

/** An engine on the backend that is current in `tf`, which has been opened. Other engines may change what is current: it is set again before each call. */
export function continuousEngine(tf: TensorFlow, { fingerprint, openNoise, beginSums, isUsingGpu = false }: DeviceEngineOptions): DeviceEngine {
  const backend = tf.getBackend();
  const activate = (): void => {
    if (tf.getBackend() === backend) return;
    void tf.setBackend(backend); // takes effect before its first await, since the backend is open
    if (tf.getBackend() !== backend) throw new Error(`the ${backend} backend of TensorFlow.js is no longer open`);
  };
  return {
    isUsingGpu,
    tensors: () => tf.memory().numTensors,
    fingerprint: () => fingerprint,
    load: async (problem) => isScoreProblem(problem) ? scoreSession(tf, { problem, openNoise, beginSums, activate })
      : continuousSession(tf, { problem, openNoise, beginSums, activate, user: await userModule(problem) }),
    close: () => Promise.resolve(),
  };
}

/** Throws RangeError for a module that declares other parameters than the job says. */
async function userModule({ energy, program }: ContinuousProblem): Promise<UserModule | null> {
  if (energy.kind !== 'module') return null;
  if (program === undefined) throw new TypeError('a module without its program');
  const definition = await importDefinition(program);
  const { parameters } = compiledModule(energy);
  if (!isDeepStrictEqual(declaredParameters(definition.parameters), parameters)) throw new RangeError(`${program.path} declares other parameters here than where the job was compiled: they must not depend on the machine`);
  return { program, definition, parameters };
}
