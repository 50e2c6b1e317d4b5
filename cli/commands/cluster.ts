// coordinator, worker, up, down, submit, list, show, cancel: the commands of a cluster. Owns their flags and help; the work is the actions'.
import type { Command } from 'commander';
import { collected, furnish, perform, wholeNumber, type CommandContext } from './context.ts';
import { THREADS_MAX, WORKERS_MAX } from './training.ts';

const NATS_DEFAULT = 'nats://127.0.0.1:4222';

interface ClusterFlags { readonly nats: string; readonly creds?: string; readonly json?: true }

export function addCluster(program: Command, context: CommandContext): void {
  addCoordinator(program, context);
  addWorker(program, context);
  addUp(program, context);
  addDown(program, context);
  addSubmit(program, context);
  addList(program, context);
  addOne(program, context, 'show');
  addOne(program, context, 'cancel');
}

/** The flags of every command that talks to a cluster; settings also come from the environment. */
function withCluster(command: Command): Command {
  return command
    .option('--nats <URL>', `NATS server (or EBM_NATS); a user's name and password come from EBM_NATS_USER and EBM_NATS_PASSWORD`, process.env['EBM_NATS'] ?? NATS_DEFAULT)
    .option('--creds <FILE>', 'credentials file (or EBM_CREDS)', process.env['EBM_CREDS']);
}

function clusterOptions(flags: ClusterFlags, signal: AbortSignal): { readonly nats: string; readonly creds: string | null; readonly signal: AbortSignal } {
  return { nats: flags.nats, creds: flags.creds ?? null, signal };
}

function addCoordinator(program: Command, context: CommandContext): void {
  const command = withCluster(program.command('coordinator').summary('lead a cluster')
    .description('Takes jobs, hands their work to workers over NATS, and keeps jobs and runs in a directory. Stopped, it saves the run; started again, it goes on.'))
    .option('--store <DIR>', 'directory of jobs and runs', 'cluster')
    .option('--threads <N>', "threads for the optimiser's step (default: the cores)", wholeNumber(1, THREADS_MAX));
  furnish(command, 'ebm coordinator --store cluster --nats nats://127.0.0.1:4222')
    .action(async (flags: ClusterFlags & { readonly store: string; readonly threads?: number }) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.coordinator(
        { ...clusterOptions(flags, signal), store: flags.store, threads: flags.threads ?? null }, output));
    });
}

function addWorker(program: Command, context: CommandContext): void {
  const command = withCluster(program.command('worker').summary('compute for a cluster')
    .description('Computes for the coordinator until it is told to stop: it finishes the unit at hand and says goodbye. Any number, coming and going.'))
    .option('--name <NAME>', 'its name in the cluster: letters, digits, - and _ (default: host and process)')
    .option('--threads <N>', 'compute threads (default: the cores)', wholeNumber(1, THREADS_MAX));
  furnish(command, 'ebm worker --nats nats://127.0.0.1:4222 --threads 2')
    .action(async (flags: ClusterFlags & { readonly name?: string; readonly threads?: number }) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.worker(
        { ...clusterOptions(flags, signal), name: flags.name ?? null, threads: flags.threads ?? null }, output));
    });
}

function addUp(program: Command, context: CommandContext): void {
  const command = withCluster(program.command('up').summary('run a cluster on this machine')
    .description('Runs a cluster on this machine: a NATS server where none answers, a coordinator, and workers. It stays until it is told to stop, and starts again what dies.'))
    .option('--workers <N>', 'worker processes', wholeNumber(1, WORKERS_MAX), 1)
    .option('--store <DIR>', 'directory of jobs and runs', 'cluster')
    .option('--threads <N>', 'compute threads of each process (default: the cores)', wholeNumber(1, THREADS_MAX));
  furnish(command, 'ebm up --workers 2 --threads 1')
    .action(async (flags: ClusterFlags & { readonly workers: number; readonly store: string; readonly threads?: number }) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.up(
        { ...clusterOptions(flags, signal), workers: flags.workers, store: flags.store, threads: flags.threads ?? null }, output));
    });
}

function addDown(program: Command, context: CommandContext): void {
  const command = program.command('down').summary('end the cluster on this machine')
    .description('Ends the cluster that `ebm up` runs in a store: workers hand in their units, the run is saved.')
    .option('--store <DIR>', 'directory of jobs and runs', 'cluster');
  furnish(command, 'ebm down --store cluster')
    .action(async (flags: { readonly store: string; readonly json?: true }) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.down({ store: flags.store, signal }, output));
    });
}

function addSubmit(program: Command, context: CommandContext): void {
  const command = withCluster(program.command('submit').summary('give a job to a cluster')
    .description("Gives a job to a cluster's coordinator and prints its id.")
    .argument('<FILE>', 'the job file')
    .option('--set <path=value>', 'set a field of the job; may be repeated', collected)
    .option('--follow', 'show what it tells until it has ended'));
  furnish(command, 'ebm submit examples/mnist-rbm.yaml --follow')
    .action(async (file: string, flags: ClusterFlags & { readonly set?: readonly string[]; readonly follow?: true }) => {
      await perform(context, flags.json === true, async (output, signal) => {
        const { readJob } = await import('../../platform/config/read.ts');
        return context.actions.submit({ ...clusterOptions(flags, signal), spec: await readJob(file, flags.set ?? []), follow: flags.follow === true }, output);
      });
    });
}

function addList(program: Command, context: CommandContext): void {
  furnish(withCluster(program.command('list').summary('list the jobs of a cluster').description('Lists the jobs of a cluster, in order of submission.')), 'ebm list')
    .action(async (flags: ClusterFlags) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.list(clusterOptions(flags, signal), output));
    });
}

const ONE = {
  show: ['show a job of a cluster', 'Shows the state of one job.'],
  cancel: ['end a job of a cluster', 'Ends a job: its run is saved as far as it is, and its workers are free after the unit at hand.'],
} as const;

function addOne(program: Command, context: CommandContext, name: 'show' | 'cancel'): void {
  const [summary, description] = ONE[name];
  furnish(withCluster(program.command(name).summary(summary).description(description).argument('<ID>', "the job's id")), `ebm ${name} mnist-rbm-1`)
    .action(async (id: string, flags: ClusterFlags) => {
      await perform(context, flags.json === true, (output, signal) => context.actions[name]({ ...clusterOptions(flags, signal), id }, output));
    });
}
