// Opens the tfjs engine on a backend that needs no addon: tfjs-wasm (one pinned binary: SIMD, one thread) or the plain JavaScript one, for tests. The
// one place that imports TensorFlow.js itself; the rest of the engine is handed the library.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as tfjs from '@tensorflow/tfjs';
import { setThreadsCount, setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import type { EngineFingerprint } from '../engine.ts';
import { continuousEngine, DEFINITION, type DeviceEngine } from './continuous-engine.ts';
import { openKernels } from './kernels.ts';
import type { OpenNoise } from './noise.ts';

export type TfjsBackend = 'wasm' | 'cpu';

/** The binary that is loaded where there is SIMD and no threads. */
const BINARY = 'tfjs-backend-wasm-simd.wasm';
/** Hexadecimal digits of its SHA-256 that are shown. */
const DIGITS = 16;

/**
 * `noise`: its own normals, by the kernel, where none is given; the bits are the same.
 * @throws Error where the backend does not start: without SIMD the binary would be another one, and so would the bits.
 */
export async function openTfjsContinuous({ backend, noise }: { readonly backend: TfjsBackend; readonly noise?: OpenNoise }): Promise<DeviceEngine> {
  tfjs.env().set('PROD', true); // no advice on standard error about faster backends
  const kernels = await openKernels();
  const fingerprint = backend === 'wasm' ? await prepareWasm() : { version: `${DEFINITION} ${tfjs.version_core}`, deviceClass: `tfjs-cpu ${tfjs.version_core}` };
  if (!(await tfjs.setBackend(backend))) throw new Error(`the ${backend} backend of TensorFlow.js did not start`);
  return continuousEngine(tfjs, { fingerprint: { name: 'wasm', ...fingerprint, threads: 1 }, ...kernels, ...(noise === undefined ? {} : { openNoise: noise }) });
}

/** The binary is the device class, as far as this machine can choose: its digest is in the version. */
async function prepareWasm(): Promise<Pick<EngineFingerprint, 'version' | 'deviceClass'>> {
  const folder = new URL('.', import.meta.resolve('@tensorflow/tfjs-backend-wasm'));
  const binary = await readFile(new URL(BINARY, folder));
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', binary)).toString('hex').slice(0, DIGITS);
  if (tfjs.findBackend('wasm') === null) {
    tfjs.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    setThreadsCount(1);
    if (!(await tfjs.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('this machine has no WebAssembly SIMD, which the wasm engine needs');
    setWasmPaths(fileURLToPath(folder));
  }
  return { version: `${DEFINITION} ${tfjs.version_core} ${digest}`, deviceClass: `tfjs-wasm ${version_wasm} simd` };
}
