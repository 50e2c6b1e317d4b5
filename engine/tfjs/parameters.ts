// The parameters of one version as tensors: kept for as long as the same array is handed in, disposed when another one comes.
import { parameterCount } from '../../ebm/continuous/layout.ts';
import type { ParameterLayout } from '../../ebm/continuous/model.ts';
import type { Energy, EnergyModel } from './energies.ts';
import type { Tensor, TensorFlow } from './library.ts';

export interface ParameterHolder {
  readonly layout: ParameterLayout;
  /** Tensors of these parameters, in order of the layout. By the array's identity: what is changed in place is not seen. */
  of(values: Float32Array): readonly Tensor[];
  /** Calls `use` with the energy of these tensors; everything that it makes is disposed. */
  with<Result>(tensors: readonly Tensor[], model: EnergyModel, use: (energy: Energy) => Result): Result;
  dispose(): void;
}

export function parameterHolder(tf: TensorFlow, layout: ParameterLayout): ParameterHolder {
  let source: Float32Array | null = null;
  let held: readonly Tensor[] = [];
  const length = parameterCount(layout);
  function dispose(): void {
    tf.dispose([...held]);
    [source, held] = [null, []];
  }
  return {
    layout,
    dispose,
    of(values) {
      if (values === source) return held;
      if (values.length !== length) throw new RangeError(`the model has ${length} parameters, got ${values.length}`);
      dispose();
      held = layout.map(({ shape, from, to }) => tf.tensor(values.slice(from, to), [...shape], 'float32')); // a copy: tensors may alias what they are made of
      source = values;
      return held;
    },
    with(tensors, model, use) {
      tf.engine().startScope(); // not tidy, which would search the result for tensors, element by element
      try {
        return use(model(Object.fromEntries(layout.map(({ name }, i) => [name, tensors[i]!])), 'states'));
      } finally {
        tf.engine().endScope();
      }
    },
  };
}
