// A user's energy on TensorFlow.js: the operations that it may compute with, all with right derivatives, and what is refused of what it returns.
import type { EnergyDefinition, EnergyOperations, EnergyTensor, Operand } from '../../ebm/continuous/define-energy.ts';
import type { ModuleParameter } from '../../ebm/continuous/model.ts';
import { moduleError, type ModuleProgram } from '../module-program.ts';
import { functionsOf } from './activations.ts';
import { convolve } from './convolution.ts';
import type { EnergyModel } from './energies.ts';
import { gradientsOf, type NamedTensors, type Tensor, type TensorFlow } from './library.ts';
import { passing, product } from './product.ts';

export interface UserModule { readonly program: ModuleProgram; readonly definition: EnergyDefinition; readonly parameters: readonly ModuleParameter[] }

/** To users tensors are opaque; here they are the library's. */
const opaque = (tensor: Tensor): EnergyTensor => tensor as unknown as EnergyTensor;
const plain = (tensor: EnergyTensor): Tensor => tensor as unknown as Tensor;

/** Those operations of TensorFlow.js that save their inputs alone have derivatives of every order; for the others there is activations.ts. */
export function operationsOf(tf: TensorFlow): EnergyOperations {
  const { sigmoid, exp, softplus, activation, logSumExp } = functionsOf(tf);
  const binary = (compute: (a: Tensor, b: Tensor) => Tensor) => (a: Operand, b: Operand): EnergyTensor => opaque(compute(operand(tf, a), operand(tf, b)));
  const unary = (compute: (x: Tensor) => Tensor) => (x: EnergyTensor): EnergyTensor => opaque(compute(plain(x)));
  return {
    add: binary((a, b) => tf.add(a, b)), sub: binary((a, b) => tf.sub(a, b)), mul: binary((a, b) => tf.mul(a, b)), div: binary((a, b) => tf.div(a, b)),
    neg: unary((x) => tf.neg(x)), abs: unary((x) => tf.relu(x).add(tf.relu(x.neg()))), square: unary((x) => tf.square(x)), sqrt: unary((x) => tf.sqrt(x)),
    exp: unary(exp), log: unary((x) => tf.log(x)), sin: unary((x) => tf.sin(x)), cos: unary((x) => tf.cos(x)),
    sigmoid: unary(sigmoid), softplus: unary(softplus), swish: unary(activation('swish')), tanh: unary(activation('tanh')), elu: unary(activation('elu')),
    relu: unary(activation('relu')), leakyRelu: unary(activation('leaky-relu')), logSumExp: unary(logSumExp),
    matMul: (a, b) => opaque(matrixProduct(tf, plain(a), plain(b))),
    convolve: (images, kernel, stride = 1) => opaque(convolve(tf, plain(images), plain(kernel), stride)),
    sum: (x, axis) => opaque(tf.sum(plain(x), axis)),
    mean: (x, axis) => opaque(meanOf(tf, plain(x), axis)),
    reshape: (x, shape) => opaque(tf.reshape(plain(x), [...shape])),
    transpose: (x, axes) => opaque(tf.transpose(plain(x), axes === undefined ? undefined : [...axes])),
    slice: (x, begin, size) => opaque(tf.slice(plain(x), [...begin], [...size])),
    concat: (parts, axis) => opaque(tf.concat(parts.map(plain), axis)),
  };
}

function operand(tf: TensorFlow, value: Operand): Tensor {
  return typeof value === 'number' ? tf.scalar(value) : plain(value);
}

function matrixProduct(tf: TensorFlow, a: Tensor, b: Tensor): Tensor {
  if (a.rank !== 2 || b.rank !== 2 || a.shape[1] !== b.shape[0]) throw new RangeError(`matMul of ${shapeText(a)} by ${shapeText(b)}: [m, k] by [k, n] is accepted`);
  return product(tf, passing(a), passing(b));
}

/** The library's own mean divides before it adds. */
function meanOf(tf: TensorFlow, x: Tensor, axis: number | undefined): Tensor {
  const total = tf.sum(x, axis);
  return total.mul(total.size / x.size);
}

const shapeText = ({ shape }: Tensor): string => `[${shape.join(', ')}]`;

export function moduleModel(tf: TensorFlow, { program, definition, parameters: declared }: UserModule): EnergyModel {
  const operations = operationsOf(tf);
  return (tensors) => {
    const parameters = Object.fromEntries(declared.map(({ name }) => [name, opaque(tensors[name]!)]));
    return (x) => {
      let energies: unknown;
      try {
        energies = definition.energy(operations, parameters, opaque(x));
      } catch (error) {
        throw moduleError(error, program);
      }
      const returned = energies instanceof tf.Tensor ? energies as Tensor : null;
      if (returned?.rank === 1 && returned.shape[0] === x.shape[0]) return returned;
      throw new RangeError(`${program.path}: \`energy\` returned ${returned === null ? String(energies) : `a tensor ${shapeText(returned)}`} for rows ${shapeText(x)}; one number a row is accepted, a tensor [${x.shape[0]}]`);
    };
  };
}

/** Energies that differ by more than this much of their size are not rounding. */
const MIXED = 1e-3;
/** Parameters that start from zeros may hide what they multiply. */
const AWAY = 0.1;

export interface Trial {
  readonly path: string;
  readonly model: EnergyModel;
  /** Parameters to start from, with an objective's own. */
  readonly start: NamedTensors;
  readonly declared: readonly ModuleParameter[];
  /** The first rows of the data: [rows, size]. */
  readonly rows: Tensor;
}

/** Throws RangeError for an energy that cannot be trained: not finite at the first rows, blind to x or a parameter, or of rows that know of each other. Call it within a tidy. */
export function tryModule(tf: TensorFlow, { path, model, start, declared, rows }: Trial): void {
  const refuse = (what: string, remedy: string): never => { throw new RangeError(`${path}: ${what}. ${remedy}`); };
  const at = (x: Tensor, parameters = start): Tensor => model(parameters, 'once')(x);
  const energies = at(rows).dataSync();
  const bad = energies.findIndex((energy) => !Number.isFinite(energy));
  if (bad !== -1) refuse(`\`energy\` of row ${bad} of the data, from 0, is ${energies[bad]!} before the first update`, 'Keep logarithms, roots and quotients away from 0, or start from smaller parameters.');
  const { gradients } = gradientsOf(tf, () => at(rows).sum(), [rows, ...declared.map(({ name }) => start[name]!)]);
  const [slope, ...others] = gradients;
  if (slope === null || slope === undefined) refuse('`energy` does not depend on x', 'Compute it from x by the operations.');
  else if (!slope.dataSync().every(Number.isFinite)) refuse('the gradient of `energy` at the first rows of the data is not finite before the first update', 'Keep roots and quotients away from 0.');
  const unused = declared.filter((_, i) => others[i] === null).map(({ name }) => name);
  if (unused.length > 0) refuse(`\`energy\` does not depend on the parameter ${unused.join(' and ')}`, 'Use it, or declare it no longer.');
  const away = Object.fromEntries(Object.entries(start).map(([name, values]) => [name, values.add(AWAY)]));
  const [beside, alone] = [rows, rows.slice([0, 0], [1, -1]).tile([rows.shape[0], 1])].map((x) => at(x, away).dataSync()[0]!) as [number, number];
  if (Math.abs(alone - beside) > MIXED * (1 + Math.abs(alone))) refuse('`energy` of a row depends on the rows beside it', 'Compute each row by itself: sum and mean over axes after the first alone.');
}
