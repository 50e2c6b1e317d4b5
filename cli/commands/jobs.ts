// submit, list, show, watch, logs, pause, unpause, cancel, fetch, workers, drain: what people ask a cluster. Owns their flags and help; the work
// is the actions'.
import type { Command } from 'commander';
import { clusterOptions, withCluster, type ClusterFlags } from './connection.ts';
import { collected, furnish, perform, type CommandContext } from './context.ts';

const ID = "the job's id";

export function addJobs(program: Command, context: CommandContext): void {
  addSubmit(program, context);
  addAll(program, context, 'list');
  for (const name of ['show', 'watch'] as const) addOne(program, context, name);
  addLogs(program, context);
  for (const name of ['pause', 'unpause', 'cancel'] as const) addOne(program, context, name);
  addFetch(program, context);
  addAll(program, context, 'workers');
  addDrain(program, context);
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
        return context.actions.submit({ ...clusterOptions(context, flags, signal), spec: await readJob(file, flags.set ?? []), file, follow: flags.follow === true }, output);
      });
    });
}

const ALL = {
  list: ['list the jobs of a cluster', 'Lists the jobs of a cluster, in order of submission: state, priority, workers, progress.'],
  workers: ['list the workers of a cluster', 'Lists the workers of a cluster: what each does, for which job, on which engine.'],
} as const;

function addAll(program: Command, context: CommandContext, name: keyof typeof ALL): void {
  const [summary, description] = ALL[name];
  furnish(withCluster(program.command(name).summary(summary).description(description)), `ebm ${name}`)
    .action(async (flags: ClusterFlags) => {
      await perform(context, flags.json === true, (output, signal) => context.actions[name](clusterOptions(context, flags, signal), output));
    });
}

const ONE = {
  show: ['show a job of a cluster', 'Shows a job of a cluster: state, progress, times, workers, last checkpoint, rollbacks, figures, where its run is, and what went wrong.'],
  watch: ['show what a job tells, from now on', 'Shows what a job of a cluster tells until it has ended, as `ebm train` does; exit code 0 if it finished, 1 if not.'],
  pause: ['lay a job of a cluster aside', 'Saves the run of a job and lets it rest: its workers turn to other jobs after the unit at hand. `ebm unpause` lets it go on.'],
  unpause: ['let a paused job go on', 'Lets a paused job go on from where it was saved, to the same bits.'],
  cancel: ['end a job of a cluster', 'Ends a job: its run is saved as far as it is, and its workers are free after the unit at hand.'],
} as const;

function addOne(program: Command, context: CommandContext, name: keyof typeof ONE): void {
  const [summary, description] = ONE[name];
  furnish(withCluster(program.command(name).summary(summary).description(description).argument('<ID>', ID)), `ebm ${name} mnist-rbm-1`)
    .action(async (id: string, flags: ClusterFlags) => {
      await perform(context, flags.json === true, (output, signal) => context.actions[name]({ ...clusterOptions(context, flags, signal), id }, output));
    });
}

function addLogs(program: Command, context: CommandContext): void {
  const command = withCluster(program.command('logs').summary('show what a job has told')
    .description('Shows what a job of a cluster has told so far but for its progress: starts, figures, checkpoints, rollbacks, warnings, its end.')
    .argument('<ID>', ID)
    .option('-f, --follow', 'go on until the job has ended'));
  furnish(command, 'ebm logs mnist-rbm-1 -f')
    .action(async (id: string, flags: ClusterFlags & { readonly follow?: true }) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.logs({ ...clusterOptions(context, flags, signal), id, follow: flags.follow === true }, output));
    });
}

function addFetch(program: Command, context: CommandContext): void {
  const command = withCluster(program.command('fetch').summary('bring a run here')
    .description('Brings the run directory of a job here: checkpoints, ledger, samples, report. It is a run directory like any other.')
    .argument('<ID>', ID)
    .option('--out <DIR>', "directory to make, new or empty (default: the job's id)")
    .option('--data', 'bring its data set too, into the cache of this machine (EBM_CACHE), where evaluate, resume and verify find it'));
  furnish(command, 'ebm fetch mnist-rbm-1 --out runs/mnist-rbm-1', 'ebm fetch mnist-rbm-1 --data')
    .action(async (id: string, flags: ClusterFlags & { readonly out?: string; readonly data?: true }) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.fetch({ ...clusterOptions(context, flags, signal), id, out: flags.out ?? id, data: flags.data === true }, output));
    });
}

function addDrain(program: Command, context: CommandContext): void {
  const command = withCluster(program.command('drain').summary('send a worker home')
    .description('Lets a worker finish the unit at hand, leave the cluster and exit with 0.')
    .argument('<WORKER>', "the worker's name, as `ebm workers` shows it"));
  furnish(command, 'ebm drain anna-4711')
    .action(async (worker: string, flags: ClusterFlags) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.drain({ ...clusterOptions(context, flags, signal), worker }, output));
    });
}
