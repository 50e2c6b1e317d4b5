// Users' energies where programs are composed: a job's module is read once, when the job is compiled, and goes with the job from then on; what is run
// is always the text in the job. The TypeScript compiler is loaded for jobs that have a module alone.
import { resolve } from 'node:path';
import type { EnergySettings, ModuleParameter } from '../../ebm/continuous/model.ts';
import { compiledModule } from '../../ebm/continuous/model.ts';
import { declaredParameters } from '../../ebm/continuous/module.ts';
import { importDefinition, type ModuleProgram } from '../../engine/module-program.ts';
import type { JobSpec } from '../../platform/config/config.ts';
import { ModuleError } from '../../platform/modules/errors.ts';
import { moduleDigest, readModule } from '../../platform/modules/source.ts';
import { UsageError } from '../terminal/failure.ts';

type ModuleEnergy = Extract<EnergySettings, { kind: 'module' }>;

/** Null for any other energy. */
export function moduleOf({ model }: Pick<JobSpec, 'model'>): ModuleEnergy | null {
  return model.kind === 'energy' && model.energy.kind === 'module' ? model.energy : null;
}

/** The job with another module in place of its own. */
export function withEnergy<Spec extends JobSpec>(spec: Spec, energy: ModuleEnergy): Spec {
  return { ...spec, model: { kind: 'energy', energy } };
}

/**
 * The job with its module read, checked and imported for what it declares; a job that has none, or whose module was read before, as it is.
 * `baseFolder`: where a relative path starts. Throws ModuleError.
 */
export async function withModule(spec: JobSpec, baseFolder: string): Promise<JobSpec> {
  const energy = moduleOf(spec);
  if (energy === null || (energy.compiled ?? null) !== null) return spec;
  const path = resolve(baseFolder, energy.path);
  const source = await readModule(path);
  const { checkModule, programOf } = await import('../../platform/modules/compile.ts');
  checkModule(source, energy.path);
  const digest = moduleDigest(source);
  const parameters = await declaredIn(programOf({ source, digest }, energy.path));
  return withEnergy(spec, { ...energy, compiled: { digest, source, parameters } });
}

async function declaredIn(program: ModuleProgram): Promise<readonly ModuleParameter[]> {
  const definition = await importDefinition(program).catch(moduleFailed);
  try {
    return declaredParameters(definition.parameters);
  } catch (cause) {
    throw new ModuleError('module-failed', `${program.path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Throws UsageError for a job that has a module; `why`: who does not run it. */
export function assertNoModule(job: Pick<JobSpec, 'model'>, why: string): void {
  const module = moduleOf(job);
  if (module === null) return;
  throw new UsageError('modules-not-allowed', `model.energy is the module ${module.path} of the job's author, and ${why}`, 'See `Modules` in docs/operations.md for what allowing them means.');
}

/** Throws UsageError for a job whose module is a path alone, which would be one of another machine. */
export function assertModuleRead(job: Pick<JobSpec, 'model'>): void {
  const module = moduleOf(job);
  if (module === null || (module.compiled ?? null) !== null) return;
  throw new UsageError('module-not-read', `the text of the module ${module.path} is not in the job`, 'Submit it with `ebm submit`, which reads the module.');
}

/** What the engines are handed of the energy, null for one that is no module. Throws ModuleError. */
export async function programOfEnergy(energy: EnergySettings): Promise<ModuleProgram | null> {
  if (energy.kind !== 'module') return null;
  const { programOf } = await import('../../platform/modules/compile.ts');
  return programOf(compiledModule(energy), energy.path);
}

/** Rethrows what an engine said of a module, as its author's to mend. */
export function moduleFailed(cause: unknown): never {
  throw new ModuleError('module-failed', cause instanceof Error ? cause.message : String(cause), { cause });
}
