// coordinator, worker, up, down: the roles of a cluster. Owns their flags and help; the work is the actions'.
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { RunningOptions, WorkerOptions } from './actions.ts';
import { clusterOptions, withCluster, type ClusterFlags } from './connection.ts';
import { cacheOptions, withCache, type CacheFlags } from './data.ts';
import { anyText, furnish, perform, performRole, setting, wholeNumber, type CommandContext } from './context.ts';
import { UsageError } from '../terminal/failure.ts';
import { THREADS_MAX, WORKERS_MAX } from './training.ts';

const LISTEN_HELP = 'where health and metrics are served (or EBM_LISTEN): an address, a port of the loopback interface, or `off`';

const STORE_DEFAULT = 'cluster';
const threads = wholeNumber(1, THREADS_MAX);

interface RoleFlags extends ClusterFlags { readonly allowModules?: true; readonly store?: string; readonly threads?: number; readonly listen?: string; readonly name?: string }

const storeOf = (context: CommandContext, flags: RoleFlags): string => setting(context, flags.store, 'EBM_STORE', anyText) ?? STORE_DEFAULT;
const threadsOf = (context: CommandContext, flags: RoleFlags): RunningOptions['threads'] => setting(context, flags.threads, 'EBM_THREADS', threads);
const listenOf = (context: CommandContext, flags: RoleFlags): string | null => setting(context, flags.listen, 'EBM_LISTEN', anyText);

const ALLOW_MODULES = '--allow-modules';
const yesOrNo = (text: string): boolean => {
  if (text !== '1' && text !== '0') throw new InvalidArgumentError('Accepted: 1 or 0.');
  return text === '1';
};
const allowModulesOf = (context: CommandContext, flags: RoleFlags): boolean => setting(context, flags.allowModules, 'EBM_ALLOW_MODULES', yesOrNo) ?? false;

const ENGINES = ['wasm', 'tensorflow', 'reference'] as const;
interface EngineFlags { readonly engine: WorkerOptions['engine']; readonly gpu?: true; readonly allowCpu?: true }


export function addCluster(program: Command, context: CommandContext): void {
  addCoordinator(program, context);
  addWorker(program, context);
  addUp(program, context);
  addDown(program, context);
}

function addCoordinator(program: Command, context: CommandContext): void {
  const command = withCluster(program.command('coordinator').summary('lead a cluster')
    .description('Takes jobs, hands their work to workers over NATS, and keeps jobs and runs in a directory. Stopped, it saves the run; started again, it goes on.'))
    .option('--store <DIR>', 'directory of jobs and runs, which several machines may share, or `nats` for a server that syncs each write (or EBM_STORE; default: cluster)')
    .option('--threads <N>', "threads for the optimiser's step (or EBM_THREADS; default: half of the cores)", threads)
    .option('--listen <HOST:PORT>', LISTEN_HELP)
    .option(ALLOW_MODULES, "take jobs whose energy is its author's module: workers that allow it run the code of whoever may submit (or EBM_ALLOW_MODULES=1)");
  furnish(command, 'ebm coordinator --store cluster --nats nats://127.0.0.1:4222')
    .action(async (flags: RoleFlags) => {
      await performRole(context, flags.json === true, (output, signal) => context.actions.coordinator(
        { ...clusterOptions(context, flags, signal), store: storeOf(context, flags), threads: threadsOf(context, flags), listen: listenOf(context, flags), allowModules: allowModulesOf(context, flags) }, output));
    });
}

function addWorker(program: Command, context: CommandContext): void {
  const command = withCache(withCluster(program.command('worker').summary('compute for a cluster')
    .description('Computes for the coordinator until it is told to stop: it finishes the unit at hand and says goodbye. Any number, coming and going.'))
    .option('--name <NAME>', 'its name in the cluster: letters, digits, - and _ (or EBM_WORKER_NAME; default: host and process)', workerName)
    .option('--threads <N>', 'compute threads (or EBM_THREADS; default: the cores)', threads)
    .option('--listen <HOST:PORT>', LISTEN_HELP)
    .option(ALLOW_MODULES, "run the modules of jobs here, with this process's rights (or EBM_ALLOW_MODULES=1)")
    .addOption(new Option('--engine <ENGINE>', 'what computes here, whatever the jobs name').choices(ENGINES).default('wasm'))
    .option('--gpu', 'compute on a GPU with --engine tensorflow, and do not start without one')
    .option('--allow-cpu', 'with --gpu: start without one too'));
  furnish(command, 'ebm worker --nats nats://127.0.0.1:4222 --threads 2', 'CUDA_VISIBLE_DEVICES=0 ebm worker --engine tensorflow --gpu')
    .action(async (flags: RoleFlags & CacheFlags & EngineFlags) => {
      await performRole(context, flags.json === true, (output, signal) => context.actions.worker(
        {
          ...clusterOptions(context, flags, signal), ...cacheOptions(context, flags), name: setting(context, flags.name, 'EBM_WORKER_NAME', workerName),
          threads: threadsOf(context, flags), listen: listenOf(context, flags), allowModules: allowModulesOf(context, flags), ...engineOf(flags),
        }, output));
    });
}

function engineOf({ engine, gpu, allowCpu }: EngineFlags): Pick<WorkerOptions, 'engine' | 'gpu'> {
  if (gpu === true && engine !== 'tensorflow') throw new UsageError('gpu-needs-tensorflow', `--gpu is for the tensorflow engine, and --engine is ${engine}`, 'Add --engine tensorflow.');
  if (allowCpu === true && gpu !== true) throw new UsageError('allow-cpu-needs-gpu', '--allow-cpu is for --gpu, which is not given', 'Add --gpu, or leave --allow-cpu out.');
  return { engine, gpu: gpu === true && allowCpu !== true };
}

/** A word of subjects, and of what the server permits. */
function workerName(text: string): string {
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(text)) throw new InvalidArgumentError('Accepted: 1 to 128 letters, digits, - and _.');
  return text;
}

function addUp(program: Command, context: CommandContext): void {
  const command = withCluster(program.command('up').summary('run a cluster on this machine')
    .description('Runs a cluster on this machine: a NATS server where none answers, a coordinator, and workers. It stays until it is told to stop, and starts again what dies.'))
    .option('--workers <N>', 'worker processes', wholeNumber(1, WORKERS_MAX), 1)
    .option('--store <DIR>', 'directory of jobs and runs (or EBM_STORE; default: cluster)')
    .option('--threads <N>', 'compute threads of each process (or EBM_THREADS; default: the cores)', threads)
    .option(ALLOW_MODULES, 'take and run jobs whose energy is its author\'s module (or EBM_ALLOW_MODULES=1)');
  furnish(command, 'ebm up --workers 2 --threads 1')
    .action(async (flags: RoleFlags & { readonly workers: number }) => {
      await performRole(context, flags.json === true, (output, signal) => context.actions.up(
        { ...clusterOptions(context, flags, signal), workers: flags.workers, store: storeOf(context, flags), threads: threadsOf(context, flags), allowModules: allowModulesOf(context, flags) }, output));
    });
}

function addDown(program: Command, context: CommandContext): void {
  // It needs no connection; the flags are those of every command of a cluster, so that one line of settings serves all.
  const command = withCluster(program.command('down').summary('end the cluster on this machine')
    .description('Ends the cluster that `ebm up` runs in a store: workers hand in their units, the run is saved.'))
    .option('--store <DIR>', 'directory of jobs and runs (or EBM_STORE; default: cluster)');
  furnish(command, 'ebm down --store cluster')
    .action(async (flags: RoleFlags) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.down({ store: storeOf(context, flags), signal }, output));
    });
}
