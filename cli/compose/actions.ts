// The real actions, each loaded when it is first asked for, so that `ebm --help` starts nothing else. Owns the table alone.
import type { Actions } from '../commands/actions.ts';

export const actions: Actions = {
  train: async (...given) => (await import('./train.ts')).train(...given),
  resume: async (...given) => (await import('./resume.ts')).resume(...given),
  evaluate: async (...given) => (await import('./evaluate.ts')).evaluate(...given),
  sample: async (...given) => (await import('./sample.ts')).sample(...given),
  transform: async (...given) => (await import('./transform.ts')).transform(...given),
  score: async (...given) => (await import('./score.ts')).score(...given),
  inpaint: async (...given) => (await import('./inpaint.ts')).inpaint(...given),
  export: async (...given) => (await import('./export.ts')).exportModel(...given),
  verify: async (...given) => (await import('./verify.ts')).verify(...given),
  inspect: async (...given) => (await import('./inspect.ts')).inspect(...given),
  bench: async (...given) => (await import('./bench.ts')).bench(...given),
  coordinator: async (...given) => (await import('../cluster/roles.ts')).coordinator(...given),
  worker: async (...given) => (await import('../cluster/roles.ts')).worker(...given),
  up: async (...given) => (await import('../cluster/up.ts')).up(...given),
  down: async (...given) => (await import('../cluster/down.ts')).down(...given),
  submit: async (...given) => (await import('../cluster/jobs.ts')).submit(...given),
  list: async (...given) => (await import('../cluster/jobs.ts')).list(...given),
  show: async (...given) => (await import('../cluster/show.ts')).show(...given),
  cancel: async (...given) => (await import('../cluster/jobs.ts')).one('cancel', ...given),
  pause: async (...given) => (await import('../cluster/jobs.ts')).one('pause', ...given),
  unpause: async (...given) => (await import('../cluster/jobs.ts')).one('unpause', ...given),
  watch: async (...given) => (await import('../cluster/jobs.ts')).watch(...given),
  logs: async (...given) => (await import('../cluster/files.ts')).logs(...given),
  fetch: async (...given) => (await import('../cluster/files.ts')).fetch(...given),
  workers: async (...given) => (await import('../cluster/fleet.ts')).workers(...given),
  drain: async (...given) => (await import('../cluster/fleet.ts')).drain(...given),
  dataPush: async (...given) => (await import('../cluster/data.ts')).dataPush(...given),
  dataList: async (...given) => (await import('../cluster/data.ts')).dataList(...given),
  dataRemove: async (...given) => (await import('../cluster/data.ts')).dataRemove(...given),
  installEngine: async (...given) => (await import('./install-engine.ts')).installEngine(...given),
  engines: async () => (await import('./engines.ts')).describeEngines(),
  readModule: async (...given) => (await import('./modules.ts')).withModule(...given),
  async dataFacts(spec, baseFolder) {
    const { loadAny } = await import('../../platform/data/load.ts');
    return loadAny(spec.data, baseFolder, spec.seed);
  },
};
