// The energies: from settings and named parameter tensors to E(x) of rows, [rows, size] to [rows]. Every operation has derivatives to third order.
// Rows are flat everywhere; the convolutional energy alone gives them their shape.
import { layerName } from '../../ebm/continuous/layout.ts';
import { sizeOf, type EnergySettings, type RowShape } from '../../ebm/continuous/model.ts';
import { functionsOf, type Functions } from './activations.ts';
import { slopeByHand, type SlopeByHand, type Stage } from './backward.ts';
import { convolve, convolutionBackward } from './convolution.ts';
import { gradientOf, spent, type NamedTensors, type Tensor, type TensorFlow } from './library.ts';
import { passing, product, transposed, withTranspose, type Matrix } from './product.ts';

/** [rows, size] to [rows], nats. */
export interface Energy {
  (x: Tensor): Tensor;
  /** Its gradient without the tape, where one is written by hand; [rows, size]. */
  readonly byHand?: SlopeByHand;
}
/** dE/dx of rows, first order. */
export function slopeAt(tf: TensorFlow, energy: Energy, x: Tensor): Tensor {
  return energy.byHand === undefined ? gradientOf(tf, () => energy(x), x).gradient : energy.byHand.slope(x);
}

/** E of rows and dE/dx, first order. */
export function valueAndSlopeAt(tf: TensorFlow, energy: Energy, x: Tensor): { readonly value: Tensor; readonly gradient: Tensor } {
  return energy.byHand === undefined ? gradientOf(tf, () => energy(x), x) : energy.byHand.both(x);
}

/**
 * What derivatives are taken through a bound energy. `states`: by x alone; it is bound off every tape and no scope ends before its last use. `once`: on
 * the tape, one gradient by the parameters. `often`: on the tape, gradients that hold gradients by x, so a weight's transpose is worth keeping.
 */
export type Binding = 'states' | 'once' | 'often';
/** Binds an energy to parameters: what depends on them alone (transposes, a triangle) is made here, once. */
export type EnergyModel = (parameters: NamedTensors, binding: Binding) => Energy;

/** Of every kind but a user's module, which is module-energy.ts's. */
export function energyModel(tf: TensorFlow, settings: EnergySettings, shape: RowShape): EnergyModel {
  const functions = functionsOf(tf);
  switch (settings.kind) {
    case 'mlp': return (parameters, binding) => perceptron(tf, functions, settings, { parameters, binding });
    case 'conv': return (parameters, binding) => convolutional(tf, functions, { settings, shape }, { parameters, binding });
    case 'quadratic': return (parameters, binding) => quadratic(tf, { parameters, binding });
    case 'gaussian-mixture': return (parameters) => mixture(functions, sizeOf(shape), parameters);
    case 'module': throw new TypeError('a module computes its energy itself');
  }
}

interface Bound { readonly parameters: NamedTensors; readonly binding: Binding }
interface Linear { readonly weights: Matrix; readonly bias: Tensor }

function matrixOf(plain: Tensor, binding: Binding): Matrix {
  return binding === 'once' ? passing(plain) : withTranspose(plain, binding === 'states');
}

function linear({ parameters, binding }: Bound, name: string): Linear {
  return { weights: matrixOf(parameters[`${name}/weights`]!, binding), bias: parameters[`${name}/bias`]! };
}

function applied(tf: TensorFlow, { weights, bias }: Linear, x: Tensor): Tensor {
  return product(tf, passing(x), weights).add(bias);
}

function perceptron(tf: TensorFlow, functions: Functions, settings: Extract<EnergySettings, { kind: 'mlp' }>, bound: Bound): Energy {
  const activation = functions.activation(settings.activation);
  const layers = settings.layers.map((_, i) => linear(bound, layerName('dense', i)));
  const output = linear(bound, 'output');
  const end = (h: Tensor): Tensor => applied(tf, output, h).reshape([h.shape[0]]);
  const energy: Energy = (x) => end(layers.reduce((h, layer) => activation(applied(tf, layer, h)), x));
  if (bound.binding !== 'states') return energy;
  const stages = layers.map((layer): Stage => ({ forward: (h) => spent(product(tf, passing(h), layer.weights), (linearPart) => linearPart.add(layer.bias)), backward: (dy) => product(tf, passing(dy), transposed(layer.weights)), isResidual: false }));
  return Object.assign(energy, { byHand: slopeByHand(tf, settings.activation, { stages, row: output.weights.plain.reshape([1, -1]), end }) });
}

function convolutional(tf: TensorFlow, functions: Functions, { settings, shape }: { settings: Extract<EnergySettings, { kind: 'conv' }>; shape: RowShape }, bound: Bound): Energy {
  const activation = functions.activation(settings.activation);
  const output = linear(bound, 'output');
  const layers = layersOf(settings, shape, bound);
  const end = (h: Tensor): Tensor => applied(tf, output, h.reshape([h.shape[0], output.weights.plain.shape[0]])).reshape([h.shape[0]]);
  const energy: Energy = (x) => {
    let h = x.reshape([x.shape[0], ...shape]);
    for (const { kernel, bias, stride, isResidual } of layers) {
      const next = activation(convolve(tf, h, kernel, stride).add(bias));
      h = isResidual ? next.add(h) : next;
    }
    return end(h);
  };
  if (bound.binding !== 'states') return energy;
  const stages = layers.map(({ kernel, bias, stride, input, isResidual }): Stage => ({
    forward: (h) => spent(convolve(tf, h, kernel, stride), (linearPart) => linearPart.add(bias)), backward: convolutionBackward(tf, kernel, { stride, input }), isResidual,
  }));
  const last = layers.at(-1)!;
  const images = slopeByHand(tf, settings.activation, { stages, row: output.weights.plain.reshape([1, ...reduced(last.input, last.stride), last.kernel.shape[3]!]), end });
  const asImages = (x: Tensor): Tensor => x.reshape([x.shape[0], ...shape]);
  return Object.assign(energy, { byHand: {
    slope: (x: Tensor) => images.slope(asImages(x)).reshape([...x.shape]),
    both: (x: Tensor) => {
      const { value, gradient } = images.both(asImages(x));
      return { value, gradient: gradient.reshape([...x.shape]) };
    },
  } });
}

interface Convolution { readonly kernel: Tensor; readonly bias: Tensor; readonly stride: number; readonly input: RowShape; readonly isResidual: boolean }

function layersOf({ strides, residual }: Extract<EnergySettings, { kind: 'conv' }>, shape: RowShape, { parameters }: Bound): readonly Convolution[] {
  let input = shape;
  return strides.map((stride, i) => {
    const name = layerName('conv', i);
    const kernel = parameters[`${name}/kernel`]!;
    const layer = { kernel, bias: parameters[`${name}/bias`]!, stride, input, isResidual: residual && stride === 1 && kernel.shape[3] === kernel.shape[2] };
    input = [...reduced(input, stride), kernel.shape[3]!];
    return layer;
  });
}

/** Height and width after a convolution. */
function reduced([height, width]: RowShape, stride: number): [number, number] {
  return [Math.ceil(height! / stride), Math.ceil(width! / stride)];
}

/** 1/2 |L^T (x - mean)|^2; `lower` holds the rows of L below its diagonal, one after the other. */
function quadratic(tf: TensorFlow, { parameters, binding }: Bound): Energy {
  const { exp } = functionsOf(tf);
  const mean = parameters['mean']!;
  const diagonal = exp(parameters['log_diagonal']!);
  const size = mean.shape[0];
  const rows = Array.from({ length: size }, (_, i) => {
    const last = diagonal.slice([i], [1]).pad([[i, size - i - 1]]);
    return i === 0 ? last : parameters['lower']!.slice([(i * (i - 1)) / 2], [i]).pad([[0, size - i]]).add(last);
  });
  const triangle = matrixOf(tf.stack(rows), binding);
  return (x) => product(tf, passing(x.sub(mean)), triangle).square().sum(-1).mul(0.5);
}

/** -log sum_k exp(logit_k - 1/2 |x - mean_k|^2 / s_k^2 - d log s_k) */
function mixture({ exp, logSumExp }: Functions, size: number, parameters: NamedTensors): Energy {
  const means = parameters['means']!.expandDims(0);
  const logScales = parameters['log_scales']!;
  const halfPrecisions = exp(logScales.mul(-2)).mul(0.5);
  const weights = parameters['logits']!.sub(logScales.mul(size));
  return (x) => {
    const distances = x.expandDims(1).sub(means).square().sum(-1);
    return logSumExp(weights.sub(distances.mul(halfPrecisions))).neg();
  };
}
