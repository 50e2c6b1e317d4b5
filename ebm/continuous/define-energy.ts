// What a user's module says of its energy, and the operations that it may compute with: public, and all that the check of a module's types reads
// of this program, so it imports nothing. How operations are computed is engine/tfjs's.

declare const made: unique symbol;

/** Float32 numbers of a shape. Operations alone make them. */
export interface EnergyTensor { readonly [made]: true; readonly shape: readonly number[] }

/** Of two operands one may be a plain number. */
export type Operand = EnergyTensor | number;

/** Every operation has derivatives of all orders that training asks for; abs, relu and leakyRelu have a second derivative of 0, elu one with a step. */
export interface EnergyOperations {
  /** Elementwise; shapes that differ are broadcast as in NumPy. */
  add(a: Operand, b: Operand): EnergyTensor;
  sub(a: Operand, b: Operand): EnergyTensor;
  mul(a: Operand, b: Operand): EnergyTensor;
  div(a: Operand, b: Operand): EnergyTensor;
  neg(x: EnergyTensor): EnergyTensor;
  abs(x: EnergyTensor): EnergyTensor;
  square(x: EnergyTensor): EnergyTensor;
  sqrt(x: EnergyTensor): EnergyTensor;
  exp(x: EnergyTensor): EnergyTensor;
  log(x: EnergyTensor): EnergyTensor;
  sin(x: EnergyTensor): EnergyTensor;
  cos(x: EnergyTensor): EnergyTensor;
  sigmoid(x: EnergyTensor): EnergyTensor;
  softplus(x: EnergyTensor): EnergyTensor;
  swish(x: EnergyTensor): EnergyTensor;
  tanh(x: EnergyTensor): EnergyTensor;
  elu(x: EnergyTensor): EnergyTensor;
  relu(x: EnergyTensor): EnergyTensor;
  /** Slope 0.2 below 0. */
  leakyRelu(x: EnergyTensor): EnergyTensor;
  /** [m, k] by [k, n] to [m, n]. */
  matMul(a: EnergyTensor, b: EnergyTensor): EnergyTensor;
  /** 3 x 3, "same" padding: [rows, height, width, in] by [3, 3, in, out] to [rows, ceil(height / stride), ceil(width / stride), out]. `stride`: 1 unless given. */
  convolve(images: EnergyTensor, kernel: EnergyTensor, stride?: number): EnergyTensor;
  /** Over one axis (-1: the last), which goes away; without one over everything. */
  sum(x: EnergyTensor, axis?: number): EnergyTensor;
  mean(x: EnergyTensor, axis?: number): EnergyTensor;
  /** Over the last axis, which goes away. */
  logSumExp(x: EnergyTensor): EnergyTensor;
  /** One length may be -1: what is left. */
  reshape(x: EnergyTensor, shape: readonly number[]): EnergyTensor;
  /** Axes in the order of `axes`; without it turned around. */
  transpose(x: EnergyTensor, axes?: readonly number[]): EnergyTensor;
  /** From `begin`, as many as `size` along each axis. */
  slice(x: EnergyTensor, begin: readonly number[], size: readonly number[]): EnergyTensor;
  concat(parts: readonly EnergyTensor[], axis: number): EnergyTensor;
}

export interface ParameterDeclaration {
  readonly shape: readonly number[];
  /** Standard deviation of the normal numbers that it starts from; 0, the default, starts from zeros. */
  readonly deviation?: number;
}

export interface EnergyDefinition<Declared extends Readonly<Record<string, ParameterDeclaration>> = Readonly<Record<string, ParameterDeclaration>>> {
  /** What is trained, by name. */
  readonly parameters: Declared;
  /** E of each row, in nats: x [rows, values a row] to [rows]. Must compute the same whenever it is called, each row by itself. */
  readonly energy: (operations: EnergyOperations, parameters: { readonly [Name in keyof Declared]: EnergyTensor }, x: EnergyTensor) => EnergyTensor;
}

/** The energy of a model of kind `module`: what a module exports. It changes nothing; its types say what the two fields are. */
export function defineEnergy<const Declared extends Readonly<Record<string, ParameterDeclaration>>>(definition: EnergyDefinition<Declared>): EnergyDefinition<Declared> {
  return definition;
}
