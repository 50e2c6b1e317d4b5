// Opens the tfjs engine on a backend that needs no addon: tfjs-wasm (one pinned binary: SIMD, one thread) or the plain JavaScript one, for tests. The
// one place that imports TensorFlow.js itself; the rest of the engine is handed the library.
import { fileURLToPath } from 'node:url';
import * as tfjs from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import type { ContinuousEngine } from '../continuous.ts';
import type { EngineFingerprint } from '../engine.ts';
import type { TensorFlow } from './library.ts';
import { openPlainNoise, type OpenNoise } from './noise.ts';
import { continuousSession } from './session.ts';

export type TfjsBackend = 'wasm' | 'cpu';

/** An engine on the backend that is current in `tf`, which has been opened. Other engines may change what is current: it is set again before each call. */
export function continuousEngine(tf: TensorFlow, fingerprint: EngineFingerprint, openNoise: OpenNoise = openPlainNoise): ContinuousEngine {
  const backend = tf.getBackend();
  const activate = (): void => {
    if (tf.getBackend() === backend) return;
    void tf.setBackend(backend); // takes effect before its first await, since the backend is open
    if (tf.getBackend() !== backend) throw new Error(`the ${backend} backend of TensorFlow.js is no longer open`);
  };
  return {
    fingerprint: () => fingerprint,
    load: (problem) => new Promise((resolve) => {
      resolve(continuousSession(tf, { problem, openNoise, activate }));
    }),
    close: () => Promise.resolve(),
  };
}

/** @throws Error where the backend does not start: without SIMD the binary would be another one, and so would the bits. */
export async function openTfjsContinuous({ backend, noise }: { readonly backend: TfjsBackend; readonly noise?: OpenNoise }): Promise<ContinuousEngine> {
  tfjs.env().set('PROD', true); // no advice on standard error about faster backends
  if (backend === 'wasm') await prepareWasm();
  if (!(await tfjs.setBackend(backend))) throw new Error(`the ${backend} backend of TensorFlow.js did not start`);
  const deviceClass = backend === 'wasm' ? `tfjs-wasm ${version_wasm} simd` : `tfjs-cpu ${tfjs.version_core}`;
  return continuousEngine(tfjs, { name: 'wasm', version: `tfjs/1 ${tfjs.version_core}`, deviceClass, threads: 1 }, noise);
}

async function prepareWasm(): Promise<void> {
  if (tfjs.findBackend('wasm') !== null) return;
  tfjs.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setThreadsCount(1);
  if (!(await tfjs.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('this machine has no WebAssembly SIMD, which the wasm engine needs');
  setWasmPaths(fileURLToPath(new URL('.', import.meta.resolve('@tensorflow/tfjs-backend-wasm'))));
}
