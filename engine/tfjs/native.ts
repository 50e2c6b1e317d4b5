// Opens the engine of continuous models on TensorFlow's native library, in the thread that will compute. Several threads of a process may, one after the
// other: each has a context and tensors of its own.
import { continuousEngine, DEFINITION, type DeviceEngine } from './continuous-engine.ts';
import { deviceClass } from './device-class.ts';
import { openKernels } from './kernels.ts';
import type { TensorFlow } from './library.ts';
import { loadTensorFlow, type Location } from './loading.ts';

/** @throws Error where the library does not load. */
export async function openNative(location: Location): Promise<DeviceEngine> {
  const library = loadTensorFlow(location);
  const { binding, isUsingGpuDevice: isUsingGpu } = library.backend();
  const tf = library as unknown as TensorFlow; // the package has all of TensorFlow.js
  const version = binding.TF_Version;
  const fingerprint = { name: 'tensorflow', version: `${DEFINITION} ${tf.version_core} libtensorflow ${version}`, deviceClass: deviceClass({ version, isUsingGpu }), threads: 1 } as const;
  return continuousEngine(tf, { fingerprint, ...await openKernels(), isUsingGpu });
}
