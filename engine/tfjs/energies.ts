// The energies: from settings and named parameter tensors to E(x) of rows, [rows, size] to [rows]. Every operation has derivatives to third order.
// Rows are flat everywhere; the convolutional energy alone gives them their shape.
import { layerName } from '../../ebm/continuous/layout.ts';
import { sizeOf, type EnergySettings, type RowShape } from '../../ebm/continuous/model.ts';
import { functionsOf, type Functions } from './activations.ts';
import { convolve } from './convolution.ts';
import type { NamedTensors, Tensor, TensorFlow } from './library.ts';
import { passing, product, withTranspose, type Matrix } from './product.ts';

/** [rows, size] to [rows], nats. */
export type Energy = (x: Tensor) => Tensor;
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
  return (x) => applied(tf, output, layers.reduce((h, layer) => activation(applied(tf, layer, h)), x)).reshape([x.shape[0]]);
}

function convolutional(tf: TensorFlow, functions: Functions, { settings, shape }: { settings: Extract<EnergySettings, { kind: 'conv' }>; shape: RowShape }, bound: Bound): Energy {
  const activation = functions.activation(settings.activation);
  const output = linear(bound, 'output');
  return (x) => {
    const rows = x.shape[0];
    let h = x.reshape([rows, ...shape]);
    for (const [i, stride] of settings.strides.entries()) {
      const name = layerName('conv', i);
      const next = activation(convolve(tf, h, bound.parameters[`${name}/kernel`]!, stride).add(bound.parameters[`${name}/bias`]!));
      h = settings.residual && stride === 1 && next.shape[3] === h.shape[3] ? next.add(h) : next;
    }
    return applied(tf, output, h.reshape([rows, output.weights.plain.shape[0]])).reshape([rows]);
  };
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
