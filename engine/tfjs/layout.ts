// Names and shapes of a model's parameters, for this engine alone until ebm/continuous/layout.ts takes its place: the parameters are one float32
// vector, tensors in order of their names by code units.
import { sizeOf, type ContinuousSettings, type EnergySettings, type ParameterLayout, type RowShape } from '../../ebm/continuous/model.ts';

type Shapes = Record<string, readonly number[]>;

/** The number of a layer, so that the order of names is the order of layers. */
function numbered(name: string, index: number): string {
  return `${name}_${String(index).padStart(2, '0')}`;
}

export function denseName(index: number): string {
  return numbered('dense', index);
}

export function convolutionName(index: number): string {
  return numbered('conv', index);
}

function output(inputs: number): Shapes {
  return { 'output/weights': [inputs, 1], 'output/bias': [1] };
}

function denseShapes(layers: readonly number[], size: number): Shapes {
  const shapes: Shapes = {};
  let inputs = size;
  for (const [i, width] of layers.entries()) {
    shapes[`${denseName(i)}/weights`] = [inputs, width];
    shapes[`${denseName(i)}/bias`] = [width];
    inputs = width;
  }
  return { ...shapes, ...output(inputs) };
}

function convolutionShapes(energy: Extract<EnergySettings, { kind: 'conv' }>, shape: RowShape): Shapes {
  const shapes: Shapes = {};
  let [height, width, inputs] = [shape[0]!, shape[1]!, shape[2]!];
  for (const [i, channels] of energy.channels.entries()) {
    shapes[`${convolutionName(i)}/kernel`] = [3, 3, inputs, channels];
    shapes[`${convolutionName(i)}/bias`] = [channels];
    [height, width, inputs] = [Math.ceil(height / energy.strides[i]!), Math.ceil(width / energy.strides[i]!), channels];
  }
  return { ...shapes, ...output(height * width * inputs) };
}

function energyShapes(energy: EnergySettings, shape: RowShape): Shapes {
  const size = sizeOf(shape);
  switch (energy.kind) {
    case 'mlp': return denseShapes(energy.layers, size);
    case 'conv': return convolutionShapes(energy, shape);
    case 'quadratic': return { mean: [size], log_diagonal: [size], lower: [(size * (size - 1)) / 2] };
    case 'gaussian-mixture': return { logits: [energy.components], log_scales: [energy.components], means: [energy.components, size] };
    case 'module': throw new RangeError('energies of modules are not computed by the tfjs engine');
  }
}

/** @throws RangeError for an energy that this engine does not compute. */
export function layoutOf(settings: Pick<ContinuousSettings, 'energy' | 'objective'>, shape: RowShape): ParameterLayout {
  const shapes = energyShapes(settings.energy, shape);
  if (settings.objective.kind === 'nce') shapes['log_partition'] = [];
  let from = 0;
  return Object.keys(shapes).sort().map((name) => {
    const tensor = { name, shape: shapes[name]!, from, to: from + sizeOf(shapes[name]!) };
    from = tensor.to;
    return tensor;
  });
}
