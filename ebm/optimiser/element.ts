// The optimisers as functions of one element, in float32, with every rounding of docs/adr/0001 (step 6). Kernels repeat this arithmetic
// and are tested against it. It owns neither the order of the step (ebm/rbm/step.ts) nor the rates (schedule.ts).
import type { OptimiserSettings } from '../job.ts';
import { exp, log } from '../numeric/elementary.ts';

const f = Math.fround;

/** Constants of one step, each a float32. `decay` and `rateDecay` are 0 where there is no weight decay. */
export type ElementRule =
  | { readonly kind: 'sgd'; readonly rate: number; readonly momentum: number; readonly decay: number }
  | {
    readonly kind: 'adam';
    readonly rate: number;
    readonly beta1: number;
    /** 1 - beta1 */
    readonly rest1: number;
    readonly beta2: number;
    readonly rest2: number;
    /** 1 / (1 - beta1^(t + 1)): undoes the start of the moments at zero. */
    readonly correction1: number;
    readonly correction2: number;
    readonly epsilon: number;
    /** rate * weight decay */
    readonly rateDecay: number;
  };

/** How many arrays of the parameters' shape the optimiser keeps: momentum, or Adam's first and second moments. */
export function slotCount(settings: OptimiserSettings): number {
  if (settings.kind === 'adam') return 2;
  return settings.momentum > 0 ? 1 : 0;
}

function correction(beta: number, update: number): number {
  return beta === 0 ? 1 : f(1 / (1 - exp((update + 1) * log(beta))));
}

/** The rule of the step after update t. Betas are rounded to float32 before anything is derived from them. */
export function elementRule(settings: OptimiserSettings, step: { readonly update: number; readonly learningRate: number }): ElementRule {
  const rate = f(step.learningRate);
  const decay = f(settings.weightDecay);
  if (settings.kind === 'sgd') return { kind: 'sgd', rate, momentum: f(settings.momentum), decay };
  const beta1 = f(settings.beta1);
  const beta2 = f(settings.beta2);
  return {
    kind: 'adam', rate, beta1, beta2, rest1: f(1 - beta1), rest2: f(1 - beta2), epsilon: f(settings.epsilon), rateDecay: f(rate * decay),
    correction1: correction(beta1, step.update), correction2: correction(beta2, step.update),
  };
}

/** The same rule for biases, which never decay. */
export function withoutDecay(rule: ElementRule): ElementRule {
  return rule.kind === 'sgd' ? { ...rule, decay: 0 } : { ...rule, rateDecay: 0 };
}

/**
 * The move d of one element; the caller adds it: value = f(value + d). Changes the element's slots.
 * `slots`: as many float32 arrays as `slotCount` says, `index` the element's place in them.
 */
export function moveElement(rule: ElementRule, at: { readonly gradient: number; readonly value: number }, slots: readonly Float32Array[], index: number): number {
  return rule.kind === 'sgd' ? moveSgd(rule, at, slots, index) : moveAdam(rule, at, slots, index);
}

type RuleOf<Kind> = Extract<ElementRule, { kind: Kind }>;

function moveSgd(rule: RuleOf<'sgd'>, at: { readonly gradient: number; readonly value: number }, slots: readonly Float32Array[], index: number): number {
  const gradient = rule.decay > 0 ? f(at.gradient - f(rule.decay * at.value)) : at.gradient;
  if (!(rule.momentum > 0)) return f(rule.rate * gradient);
  const slot = slots[0]!;
  const momentum = f(f(rule.momentum * slot[index]!) + gradient);
  slot[index] = momentum;
  return f(rule.rate * momentum);
}

function moveAdam(rule: RuleOf<'adam'>, at: { readonly gradient: number; readonly value: number }, slots: readonly Float32Array[], index: number): number {
  const first = slots[0]!;
  const second = slots[1]!;
  const { gradient } = at;
  const mean = f(f(rule.beta1 * first[index]!) + f(rule.rest1 * gradient));
  const square = f(f(rule.beta2 * second[index]!) + f(rule.rest2 * f(gradient * gradient)));
  first[index] = mean;
  second[index] = square;
  const scale = f(f(Math.sqrt(f(square * rule.correction2))) + rule.epsilon);
  const move = f(f(rule.rate * f(mean * rule.correction1)) / scale);
  return rule.rateDecay > 0 ? f(move - f(rule.rateDecay * at.value)) : move;
}

/** Elements [from, to) of flat float32 arrays; `gradients` begins with that of `from`. */
export interface ElementRange { readonly values: Float32Array; readonly gradients: Float32Array; readonly slots: readonly Float32Array[]; readonly from: number; readonly to: number }

/**
 * Moves elements: value = f(value + d), d as `moveElement` has it, by the same roundings in the same order. A loop of its own for each optimiser, with what is
 * the same for all elements taken out of it: half of the time an element at a time takes.
 */
export function moveElements(rule: ElementRule, range: ElementRange): void {
  if (rule.kind === 'adam') moveAllByAdam(rule, range);
  else moveAllBySgd(rule, range);
}

function moveAllBySgd({ rate, momentum, decay }: RuleOf<'sgd'>, { values, gradients, slots, from, to }: ElementRange): void {
  const slot = momentum > 0 ? slots[0]! : null;
  for (let i = from; i < to; i += 1) {
    const value = values[i]!;
    let gradient = gradients[i - from]!;
    if (decay > 0) gradient = f(gradient - f(decay * value));
    if (slot !== null) {
      gradient = f(f(momentum * slot[i]!) + gradient);
      slot[i] = gradient;
    }
    values[i] = f(value + f(rate * gradient));
  }
}

function moveAllByAdam({ rate, beta1, rest1, beta2, rest2, correction1, correction2, epsilon, rateDecay }: RuleOf<'adam'>, { values, gradients, slots, from, to }: ElementRange): void {
  const first = slots[0]!;
  const second = slots[1]!;
  for (let i = from; i < to; i += 1) {
    const value = values[i]!;
    const gradient = gradients[i - from]!;
    const mean = f(f(beta1 * first[i]!) + f(rest1 * gradient));
    const square = f(f(beta2 * second[i]!) + f(rest2 * f(gradient * gradient)));
    first[i] = mean;
    second[i] = square;
    const scale = f(f(Math.sqrt(f(square * correction2))) + epsilon);
    const move = f(f(rate * f(mean * correction1)) / scale);
    values[i] = f(value + (rateDecay > 0 ? f(move - f(rateDecay * value)) : move));
  }
}
