// An optimiser's constants as kernels have them: `rate` to `rateDecay` of Step (assembly/step.ts) and of FloatRule (assembly/floats.ts).
import type { ElementRule } from '../../ebm/optimiser/element.ts';

/** Float32, in the order of both blocks; 0 for what the other optimiser has. */
export function ruleWords(rule: ElementRule): readonly number[] {
  const adam = rule.kind === 'adam' ? rule : null;
  const sgd = rule.kind === 'sgd' ? rule : null;
  return [
    rule.rate, sgd?.momentum ?? 0, sgd?.decay ?? 0, adam?.beta1 ?? 0, adam?.rest1 ?? 0, adam?.beta2 ?? 0, adam?.rest2 ?? 0,
    adam?.correction1 ?? 0, adam?.correction2 ?? 0, adam?.epsilon ?? 0, adam?.rateDecay ?? 0,
  ];
}
