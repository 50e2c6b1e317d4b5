// dE/dx of layered energies without the tape, for chains: each step needs it once, at fixed parameters and to first order. A layer's slope is made beside
// its value, the last value and the energy only when asked for, and the gradient with respect to that value is a row which is known before.
import type { Activation } from '../../ebm/continuous/model.ts';
import { functionsOf, LEAK } from './activations.ts';
import { spent, type Tensor, type TensorFlow } from './library.ts';
import { nativeOperations } from './native-operations.ts';

/** A linear layer with an activation; what its functions return is nobody else's. `isResidual`: its input is added to what it gives. */
export interface Stage {
  /** The linear part, bias included. */
  readonly forward: (h: Tensor) => Tensor;
  /** The gradient with respect to the input, given that with respect to the linear part. */
  readonly backward: (slope: Tensor) => Tensor;
  readonly isResidual: boolean;
}

/** `end`: E from what the last stage gives. `row`: E's gradient with respect to that, the same for all rows, with a first dimension of 1. */
export interface Layered { readonly stages: readonly Stage[]; readonly row: Tensor; readonly end: (h: Tensor) => Tensor }

export interface SlopeByHand {
  readonly slope: (x: Tensor) => Tensor;
  readonly both: (x: Tensor) => { readonly value: Tensor; readonly gradient: Tensor };
}

/** An activation's derivative at a, which is spent, and its value there if it is wanted. */
type Pair = (a: Tensor, isWanted: boolean) => { readonly value: Tensor | null; readonly slope: Tensor };

/** x may have any shape that the first stage takes. Tensors are disposed at their last use. */
export function slopeByHand(tf: TensorFlow, activation: Activation, { stages, row, end }: Layered): SlopeByHand {
  const pair = pairOf(tf, activation);
  /** Slopes of all stages, and what the last one gives if it is wanted. */
  const forward = (x: Tensor, isWanted: boolean): { readonly last: Tensor | null; readonly slopes: readonly Tensor[] } => {
    let h: Tensor | null = x;
    const slopes = stages.map(({ forward: linear, isResidual }, i) => {
      const input: Tensor = h!;
      const { value, slope } = pair(linear(input), isWanted || i < stages.length - 1);
      h = value !== null && isResidual ? spent(value, (v) => v.add(input)) : value;
      if (input !== x) input.dispose();
      return slope;
    });
    return { last: h, slopes };
  };
  const backward = (slopes: readonly Tensor[]): Tensor => stages.reduceRight((gradient, { backward: back, isResidual }, i) => {
    const through = spent(spent(slopes[i]!, (slope) => slope.mul(gradient)), back);
    const whole = isResidual ? spent(through, (t) => t.add(gradient)) : through;
    if (gradient !== row) gradient.dispose();
    return whole;
  }, row);
  return {
    slope: (x) => backward(forward(x, false).slopes),
    both: (x) => {
      const { last, slopes } = forward(x, true);
      return { value: last === x ? end(x) : spent(last!, end), gradient: backward(slopes) };
    },
  };
}

function pairOf(tf: TensorFlow, kind: Activation): Pair {
  const value = functionsOf(tf).activation(kind);
  const native = nativeOperations(tf);
  const by = (slope: (a: Tensor, v: Tensor) => Tensor): Pair => (a, isWanted) => {
    const v = value(a);
    const made = slope(a, v);
    a.dispose();
    if (!isWanted) v.dispose();
    return { value: isWanted ? v : null, slope: made };
  };
  switch (kind) {
    case 'swish': return (a, isWanted) => {
      const s = tf.sigmoid(a);
      const v = isWanted || native === null ? a.mul(s) : null;
      const slope = spent(native !== null ? native.sigmoidSlope(s, a) : spent(v!.mul(s), (vs) => v!.sub(vs)), (bent) => s.add(bent));
      for (const done of [a, s]) done.dispose();
      if (!isWanted) v?.dispose();
      return { value: isWanted ? v : null, slope };
    };
    case 'softplus': return by((a) => tf.sigmoid(a));
    case 'tanh': return by((_, t) => spent(t.square(), (square) => tf.sub(1, square)));
    case 'elu': return by((_, v) => spent(tf.minimum(v, 0), (low) => low.add(1))); // e^a - 1 is the value where it is not positive
    case 'relu': return by((a) => tf.step(a));
    case 'leaky-relu': return by((a) => spent(spent(tf.step(a), (step) => step.mul(1 - LEAK)), (part) => part.add(LEAK)));
  }
}
