// The tensorflow engine as tests open it: `npm test` installs it before (scripts/prerequisites.mjs) and says where.
import { openTensorflowEngine, type TensorflowEngine } from '../../engine/tfjs/tensorflow-engine.ts';
import { findTensorflow } from '../../platform/engines/place.ts';

export async function openTensorflow(threads = 1): Promise<TensorflowEngine> {
  const location = await findTensorflow(process.env);
  if (location === null) throw new Error('the tensorflow engine is not installed: run these tests with `npm test -- tensorflow`, or install it with `ebm engine install tensorflow`');
  return openTensorflowEngine({ location, threads });
}
