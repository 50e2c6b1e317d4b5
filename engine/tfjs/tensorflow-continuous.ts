// The tensorflow engine for continuous models, as its owner has it: threads that hold the library each.
import { openContinuousPool, type ContinuousPool } from '../pool/continuous.ts';
import { prepareEnvironment, type Location } from './loading.ts';

/** `threads`: each with a context of the library, whose own thread count stays one. Takes a second or two, and 400 MB. To be called on the main thread. */
export async function openTensorflowContinuous({ location, threads }: { readonly location: Location; readonly threads: number }): Promise<ContinuousPool> {
  prepareEnvironment(process.env);
  return openContinuousPool(threads, { kind: 'tensorflow', location });
}
