// A user's module as a program: imported by its text, with its one definition and the places of its errors. What it computes with is engine/tfjs's.
// It is no sandbox: whoever lets a module in lets it do what this process may do.
import { SourceMap, type SourceMapPayload } from 'node:module';
import type { EnergyDefinition } from '../ebm/continuous/define-energy.ts';

export interface ModuleProgram {
  /** Of its source, for people. */
  readonly path: string;
  /** JavaScript whose imports are absolute URLs. */
  readonly code: string;
  /** Source map of the code, as JSON. */
  readonly map: string;
  /** Stands for the code in stacks: letters, digits and hyphens. */
  readonly label: string;
}

/** The module as it was defined. Rejects with an error that names the place in the source. */
export async function importDefinition(program: ModuleProgram): Promise<EnergyDefinition> {
  const { code, label, path } = program;
  let found: Readonly<Record<string, unknown>>;
  try {
    // A data: URL, since no file could be exchanged between the check of its text and its import, and nothing relative resolves from it.
    found = await import(`data:text/javascript;base64,${Buffer.from(`${code}\n//# sourceURL=${label}\n`).toString('base64')}`) as typeof found;
  } catch (error) {
    throw moduleError(error, program);
  }
  const definitions = Object.values(found).filter(isDefinition);
  const [definition] = definitions;
  if (definitions.length === 1 && definition !== undefined) return definition;
  throw new RangeError(`${path}: ${definitions.length} of its exports are energies; exactly one is accepted: export const energy = defineEnergy({ parameters, energy })`);
}

function isDefinition(value: unknown): value is EnergyDefinition {
  return typeof value === 'object' && value !== null && 'parameters' in value && 'energy' in value && typeof value.energy === 'function';
}

/** What the user's code threw, with the place in its source where the stack has one. */
export function moduleError(error: unknown, program: ModuleProgram): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new Error(`${program.path}${placeIn(error, program)}: ${message}`, { cause: error });
}

/** `:line:column`, from 1; empty if the stack does not lead through the module. */
function placeIn(error: unknown, { label, map }: ModuleProgram): string {
  const frame = error instanceof Error ? new RegExp(`${label}:(\\d+):(\\d+)`).exec(error.stack ?? '') : null;
  if (frame === null) return '';
  const entry = new SourceMap(JSON.parse(map) as SourceMapPayload).findEntry(Number(frame[1]) - 1, Number(frame[2]) - 1);
  return 'originalLine' in entry ? `:${entry.originalLine + 1}:${entry.originalColumn + 1}` : '';
}
