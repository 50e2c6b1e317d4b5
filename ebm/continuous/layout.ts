// Which tensors a continuous model has, in what order, and what they start from. Both engines and the coordinator read it; none has another idea
// of it. Tensors are in order of their names by code units, each row-major. A user's module has declared its own.
import { deriveKey } from '../random/address.ts';
import { PURPOSES } from '../random/purposes.ts';
import { compiledModule, sizeOf, type ContinuousSettings, type EnergySettings, type ModuleParameter, type NetworkSettings, type ParameterLayout, type RowShape } from './model.ts';
import { fillNormals } from './noise.ts';

/** Numbers of layers are two digits, so that names sort as layers do. */
const LAYERS_MAX = 100;
const KERNEL = 3;
/** Deviation of starts that need no scale of their own: far enough from symmetry, near enough to a unit Gaussian. */
const SMALL = 0.01;

/** log Z of noise contrast, a scalar [] that starts at 0. */
export const LOG_PARTITION = 'log_partition';

/** One tensor's name, shape and start: `deviation` times keyed normals, or zeros. */
type TensorPlan = ModuleParameter;

export function layoutOf(model: Pick<ContinuousSettings, 'energy' | 'objective'>, shape: RowShape): ParameterLayout {
  let from = 0;
  return plansOf(model, shape).map((plan) => {
    const tensor = { name: plan.name, shape: plan.shape, from, to: from + sizeOf(plan.shape) };
    from = tensor.to;
    return tensor;
  });
}

/** Values of a layout. */
export function parameterCount(layout: ParameterLayout): number {
  return layout.at(-1)?.to ?? 0;
}

/** Values of one tensor: a view. Throws for a name that the layout has not. */
export function tensorOf(layout: ParameterLayout, parameters: Float32Array, name: string): Float32Array {
  const tensor = layout.find((candidate) => candidate.name === name);
  if (tensor === undefined) throw new RangeError(`the model has no tensor ${name}`);
  return parameters.subarray(tensor.from, tensor.to);
}

/**
 * Float32 initial values. Number i of the energy's tensor k is f(deviation * normal i) of purpose init, id 0, half-step k, word 3 = 0, branch 0: the
 * half-step tells tensors apart, and an objective's own tensors do not move those of the energy.
 */
export function initialParameters(seed: number, model: Pick<ContinuousSettings, 'energy' | 'objective'>, shape: RowShape): Float32Array {
  const layout = layoutOf(model, shape);
  const key = deriveKey(seed, PURPOSES.init, 0);
  const parameters = new Float32Array(parameterCount(layout));
  sorted(energyPlans(model.energy, shape)).forEach(({ name, deviation }, halfStep) => {
    const values = tensorOf(layout, parameters, name);
    if (deviation === 0) return;
    fillNormals(key, { ids: { from: 0, to: 1 }, numbers: values.length, halfStep, word3: 0 }, values);
    for (let i = 0; i < values.length; i += 1) values[i] = deviation * values[i]!;
  });
  return parameters;
}

/** Height, width and channels after each convolution; a stride s leaves ceil(length / s) ("same"). */
export function convolutionShapes(energy: { readonly channels: readonly number[]; readonly strides: readonly number[] }, shape: RowShape): readonly (readonly [number, number, number])[] {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined || channels === undefined) throw new RangeError(`a convolution needs rows [height, width, channels], got [${shape.join(', ')}]`);
  if (energy.channels.length !== energy.strides.length) throw new RangeError(`${energy.channels.length} convolutions have ${energy.strides.length} strides`);
  const shapes: [number, number, number][] = [[height, width, channels]];
  energy.channels.forEach((out, layer) => {
    const [h, w] = shapes[layer]!;
    const stride = energy.strides[layer]!;
    shapes.push([Math.ceil(h / stride), Math.ceil(w / stride), out]);
  });
  return shapes;
}

function plansOf(model: Pick<ContinuousSettings, 'energy' | 'objective'>, shape: RowShape): TensorPlan[] {
  const own = model.objective.kind === 'nce' ? [{ name: LOG_PARTITION, shape: [], deviation: 0 }] : [];
  return sorted([...energyPlans(model.energy, shape), ...own]);
}

function sorted(plans: readonly TensorPlan[]): TensorPlan[] {
  return [...plans].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function energyPlans(energy: ContinuousSettings['energy'], shape: RowShape): TensorPlan[] {
  const size = sizeOf(shape);
  switch (energy.kind) {
    case 'mlp': return mlpPlans(energy.layers, size);
    case 'conv': return convolutionPlans(energy, shape);
    case 'quadratic': return [
      { name: 'mean', shape: [size], deviation: SMALL },
      { name: 'log_diagonal', shape: [size], deviation: SMALL },
      { name: 'lower', shape: [(size * (size - 1)) / 2], deviation: SMALL },
    ];
    case 'gaussian-mixture': return [
      { name: 'logits', shape: [energy.components], deviation: 0 },
      { name: 'log_scales', shape: [energy.components], deviation: 0 },
      { name: 'means', shape: [energy.components, size], deviation: 1 }, // apart, or all components would learn the same
    ];
    case 'score': return networkPlans(energy.network, shape);
    case 'module': return [...compiledModule(energy).parameters];
  }
}

/** Of the layer's tensors, which is what stands before the stroke. */
export function layerName(kind: 'dense' | 'conv' | 'up', layer: number): string {
  if (layer >= LAYERS_MAX) throw new RangeError(`a model has at most ${LAYERS_MAX} layers`);
  return `${kind}_${String(layer).padStart(2, '0')}`;
}

function mlpPlans(layers: readonly number[], size: number): TensorPlan[] {
  const widths = [size, ...layers];
  const dense = layers.flatMap((width, layer) => {
    const name = layerName('dense', layer);
    const inputs = widths[layer]!;
    return [{ name: `${name}/weights`, shape: [inputs, width], deviation: 1 / Math.sqrt(inputs) }, { name: `${name}/bias`, shape: [width], deviation: 0 }];
  });
  return [...dense, ...outputPlans(widths.at(-1)!)];
}

function convolutionPlans(energy: Extract<EnergySettings, { kind: 'conv' }>, shape: RowShape): TensorPlan[] {
  const shapes = convolutionShapes(energy, shape);
  const kernels = energy.channels.flatMap((out, layer) => {
    const name = layerName('conv', layer);
    const inputs = shapes[layer]![2];
    const deviation = 1 / Math.sqrt(KERNEL * KERNEL * inputs);
    return [{ name: `${name}/kernel`, shape: [KERNEL, KERNEL, inputs, out], deviation }, { name: `${name}/bias`, shape: [out], deviation: 0 }];
  });
  return [...kernels, ...outputPlans(sizeOf(shapes.at(-1)!))];
}

function outputPlans(inputs: number): TensorPlan[] {
  return [{ name: 'output/weights', shape: [inputs, 1], deviation: 1 / Math.sqrt(inputs) }, { name: 'output/bias', shape: [1], deviation: 0 }];
}

/** Zeros come out at first, so that a model begins as the score of a Gaussian (ebm/continuous/diffusion.ts). */
function networkPlans(network: NetworkSettings, shape: RowShape): TensorPlan[] {
  switch (network.kind) {
    case 'mlp': {
      const widths = [sizeOf(shape), ...network.layers];
      const dense = network.layers.flatMap((width, layer) => conditionedPlans(layerName('dense', layer), 'weights', [widths[layer]!, width], network.features));
      return [...dense, { name: 'output/weights', shape: [widths.at(-1)!, widths[0]!], deviation: 0 }, { name: 'output/bias', shape: [widths[0]!], deviation: 0 }];
    }
    case 'conv': {
      const depths = convolutionShapes(network, shape).map(([, , channels]) => channels);
      const down = network.channels.flatMap((out, layer) => conditionedPlans(layerName('conv', layer), 'kernel', [KERNEL, KERNEL, depths[layer]!, out], network.features));
      const up = network.channels.slice(0, -1).flatMap((out, layer) => (
        conditionedPlans(layerName('up', layer + 1), 'kernel', [KERNEL, KERNEL, out + (depths[layer + 2] ?? 0), out], network.features)));
      return [...down, ...up, { name: 'output/kernel', shape: [KERNEL, KERNEL, depths[0]! + depths[1]!, depths[0]!], deviation: 0 }, { name: 'output/bias', shape: [depths[0]!], deviation: 0 }];
    }
  }
}

/** A layer to which a product of the noise's features is added. The deviation keeps what a swish halves. */
function conditionedPlans(name: string, kind: 'weights' | 'kernel', shape: readonly number[], features: number): TensorPlan[] {
  const out = shape.at(-1)!;
  return [
    { name: `${name}/${kind}`, shape, deviation: Math.sqrt(2 / sizeOf(shape.slice(0, -1))) }, { name: `${name}/bias`, shape: [out], deviation: 0 },
    { name: `${name}/noise`, shape: [features, out], deviation: 1 / Math.sqrt(features) },
  ];
}
