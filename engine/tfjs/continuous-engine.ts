// The engine of continuous models on a TensorFlow.js that is handed in, open and with its backend chosen. It imports no library: each opener has its own.
import type { ContinuousEngine } from '../continuous.ts';
import type { EngineFingerprint } from '../engine.ts';
import type { TensorFlow } from './library.ts';
import type { OpenNoise } from './noise.ts';
import { continuousSession } from './session.ts';

/** What this folder computes with the library: a change of bits is a new number. */
export const DEFINITION = 'tfjs/2';

/** An engine with what only its own library knows. */
export interface DeviceEngine extends ContinuousEngine {
  readonly isUsingGpu: boolean;
  /** Tensors that the library holds now: what sessions keep, and nothing of a unit that is over. */
  tensors(): number;
}

/** An engine on the backend that is current in `tf`, which has been opened. Other engines may change what is current: it is set again before each call. */
export function continuousEngine(tf: TensorFlow, { fingerprint, openNoise, isUsingGpu = false }: { readonly fingerprint: EngineFingerprint; readonly openNoise: OpenNoise; readonly isUsingGpu?: boolean }): DeviceEngine {
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
    load: (problem) => new Promise((resolve) => {
      resolve(continuousSession(tf, { problem, openNoise, activate }));
    }),
    close: () => Promise.resolve(),
  };
}
