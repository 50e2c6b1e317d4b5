// What a user's module declares, checked: names and shapes of its parameters within bounds, in the order that a layout has them.
import { LOG_PARTITION } from './layout.ts';
import type { ModuleParameter } from './model.ts';

export const MODULE_LIMITS = { textCharactersMax: 65_536, parametersMax: 256, nameCharactersMax: 64, dimensionsMax: 6, lengthMax: 1_048_576, deviationMax: 1e6 } as const;

/** Letters, digits and _, a letter first; parts are separated by strokes. */
export const PARAMETER_NAME = /^[A-Za-z][A-Za-z0-9_]*(\/[A-Za-z0-9_]+)*$/;

/** In order of their names by code units. Throws RangeError, which says what is wrong and what is accepted. */
export function declaredParameters(declared: unknown): readonly ModuleParameter[] {
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) throw new RangeError('`parameters` is no table of names, each with { shape, deviation }');
  const entries = Object.entries(declared as Readonly<Record<string, unknown>>);
  const { parametersMax } = MODULE_LIMITS;
  if (entries.length < 1 || entries.length > parametersMax) throw new RangeError(`\`parameters\` has ${entries.length} names; from 1 to ${parametersMax} are accepted`);
  return entries.map(([name, value]) => parameterOf(name, value)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function parameterOf(name: string, value: unknown): ModuleParameter {
  const { nameCharactersMax, dimensionsMax, lengthMax, deviationMax } = MODULE_LIMITS;
  if (!PARAMETER_NAME.test(name) || name.length > nameCharactersMax || name === LOG_PARTITION) {
    throw new RangeError(`${JSON.stringify(name)} is no name of a parameter: letters, digits and _, a letter first, at most ${nameCharactersMax} characters, and not ${LOG_PARTITION}`);
  }
  const { shape, deviation = 0 } = (typeof value === 'object' && value !== null ? value : {}) as { readonly shape?: unknown; readonly deviation?: unknown };
  const isLength = (length: unknown): boolean => Number.isInteger(length) && Number(length) >= 1 && Number(length) <= lengthMax;
  if (!Array.isArray(shape) || shape.length > dimensionsMax || !shape.every(isLength)) {
    throw new RangeError(`the shape of ${name} is ${JSON.stringify(shape)}; a list of at most ${dimensionsMax} whole numbers from 1 to ${lengthMax} is accepted, and [] for a single number`);
  }
  if (typeof deviation !== 'number' || !(deviation >= 0 && deviation <= deviationMax)) {
    throw new RangeError(`the deviation of ${name} is ${String(deviation)}; a number from 0 to ${deviationMax} is accepted`);
  }
  return { name, shape: shape as readonly number[], deviation };
}
