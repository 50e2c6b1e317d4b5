// The tensorflow engine as tests open it: `npm test` installs it before (scripts/prerequisites.mjs) and says where.
import type { ContinuousPool } from '../../engine/pool/continuous.ts';
import { openTensorflowContinuous } from '../../engine/tfjs/tensorflow-continuous.ts';
import { openTensorflowEngine, type TensorflowEngine } from '../../engine/tfjs/tensorflow-engine.ts';
import { findTensorflow } from '../../platform/engines/place.ts';

export async function openTensorflow(threads = 1): Promise<TensorflowEngine> {
  return openTensorflowEngine({ location: await installed(), threads });
}

/** For continuous models. */
export async function openTensorflowForContinuous(threads = 1): Promise<ContinuousPool> {
  return openTensorflowContinuous({ location: await installed(), threads });
}

export async function installed(): Promise<string> {
  const location = await findTensorflow(process.env);
  if (location === null) throw new Error('the tensorflow engine is not installed: run these tests with `npm test -- tensorflow`, or install it with `ebm engine install tensorflow`');
  return location;
}
