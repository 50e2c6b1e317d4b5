// What the tfjs engine asks of TensorFlow.js beyond its usual operations: gradients where some may be missing, and operations whose derivatives are
// made only when asked for. The library itself is handed in, so that the same code runs on the wasm, cpu and tensorflow backends.
import type * as tfjs from '@tensorflow/tfjs';

export type TensorFlow = typeof tfjs;
export type Tensor = tfjs.Tensor;
export type Tensor4D = tfjs.Tensor4D;
export type NamedTensors = Readonly<Record<string, Tensor>>;

/** A copy of a float tensor's values: what dataSync returns may be the tensor's own memory. */
export function valuesOf(tensor: Tensor): Float32Array {
  return (tensor.dataSync() as Float32Array).slice();
}

/** What is made of a tensor that nobody needs afterwards: the next ones get its memory while it is in the cache. Off the tape, which keeps what it has seen. */
export function spent(tensor: Tensor, make: (tensor: Tensor) => Tensor): Tensor {
  const made = make(tensor);
  if (made !== tensor) tensor.dispose();
  return made;
}

/** f's value and the gradients of the sum of its elements; null where f does not depend on an x. */
export function gradientsOf(tf: TensorFlow, f: () => Tensor, xs: readonly Tensor[]): { readonly value: Tensor; readonly gradients: readonly (Tensor | null)[] } {
  const { value, grads } = tf.engine().gradients(f, [...xs], undefined, true);
  return { value, gradients: (grads as readonly (Tensor | undefined)[]).map((gradient) => gradient ?? null) };
}

/** f's value and the gradient of the sum of its elements with respect to one x, on which it must depend. */
export function gradientOf(tf: TensorFlow, f: () => Tensor, x: Tensor): { readonly value: Tensor; readonly gradient: Tensor } {
  const { value, gradients } = gradientsOf(tf, f, [x]);
  return { value, gradient: gradients[0] ?? tf.zerosLike(x) };
}

/** Gradients by input's name, each made when it is called. */
export type Gradients = Readonly<Record<string, () => Tensor>>;

interface KernelRunner {
  runKernelFunc(kernel: {
    inputs: NamedTensors;
    forwardFunc: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor;
    backwardsFunc: (dy: Tensor, saved: Tensor[]) => Gradients;
  }): Tensor;
}

/**
 * An operation with derivatives of our own. tf.customGrad makes the gradients of all inputs whenever one is asked for, which in a chain would be the
 * product that makes a weight's gradient at every step; what customGrad itself calls takes them one by one. `gradients` gets `saved` (the inputs, if not
 * given) from the tape, so that derivatives of derivatives are right; those of its closure may be disposed by then.
 */
export function operation(tf: TensorFlow, inputs: NamedTensors, { value, gradients, saved = inputs }: {
  readonly value: () => Tensor;
  readonly gradients: (dy: Tensor, saved: NamedTensors) => Gradients;
  readonly saved?: NamedTensors;
}): Tensor {
  const names = Object.keys(saved);
  const runner = tf.engine() as unknown as KernelRunner;
  return runner.runKernelFunc({
    inputs,
    forwardFunc: (_, save) => {
      save(names.map((name) => saved[name]!));
      return value();
    },
    backwardsFunc: (dy, kept) => gradients(dy, Object.fromEntries(names.map((name, i) => [name, kept[i]!]))),
  });
}
