// Users' modules for tests: a text as an energy of a job, and as the program that engines are handed.
import { compiledModule, type EnergySettings } from '../../ebm/continuous/model.ts';
import { declaredParameters } from '../../ebm/continuous/module.ts';
import { importDefinition, type ModuleProgram } from '../../engine/module-program.ts';
import { checkModule, programOf } from '../../platform/modules/compile.ts';
import { moduleDigest } from '../../platform/modules/source.ts';

/** `energy`: the body of a function of ops, parameters p and rows x; `parameters`: the text of an object. */
export function moduleText(parameters: string, energy: string): string {
  return `import { defineEnergy } from 'ebm-fleet';\nexport const energy = defineEnergy({ parameters: ${parameters}, energy(ops, p, x) {\n${energy}\n} });\n`;
}

export interface UserEnergy { readonly energy: Extract<EnergySettings, { kind: 'module' }>; readonly program: ModuleProgram }

/** As `ebm train` compiles it. */
export async function userEnergy(source: string, path = 'own.ts'): Promise<UserEnergy> {
  checkModule(source, path);
  const digest = moduleDigest(source);
  const program = programOf({ source, digest }, path);
  const { parameters } = await importDefinition(program);
  const energy = { kind: 'module', path, compiled: { digest, source, parameters: declaredParameters(parameters) } } as const;
  return { energy, program: programOf(compiledModule(energy), path) };
}
