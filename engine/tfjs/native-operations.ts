// Single operations of libtensorflow for what other backends of TensorFlow.js must compose. Off the tape: nothing is differentiated through them.
import type { Tensor, TensorFlow } from './library.ts';
import type { Attribute } from './loading.ts';

export interface NativeOperations {
  /** s (1 - s) y. */
  sigmoidSlope(s: Tensor, y: Tensor): Tensor;
  /** Within [low, high]; what is not a number stays so. */
  clip(x: Tensor, low: number, high: number): Tensor;
}

interface Executor {
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number };
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor;
}

/** Null on a backend that is not TensorFlow itself. */
export function nativeOperations(tf: TensorFlow): NativeOperations | null {
  if (tf.getBackend() !== 'tensorflow') return null;
  const executor = tf.backend() as unknown as Executor;
  const type: Attribute = { name: 'T', type: executor.binding.TF_ATTR_TYPE, value: executor.binding.TF_FLOAT };
  return {
    sigmoidSlope: (s, y) => executor.executeSingleOutput('SigmoidGrad', [type], [s, y]),
    clip: (x, low, high) => executor.executeSingleOutput('ClipByValue', [type], [x, tf.scalar(low), tf.scalar(high)]),
  };
}
