// train, resume, verify: the commands that compute updates. Owns their flags and help; the work is the actions'.
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../terminal/failure.ts';
import { collected, furnish, perform, wholeNumber, type CommandContext } from './context.ts';

export const THREADS_MAX = 64;
export const WORKERS_MAX = 1_024;
const UPDATES_MAX = 4_294_967_295;

export function addTraining(program: Command, context: CommandContext): void {
  addTrain(program, context);
  addResume(program, context);
  addVerify(program, context);
}

interface ComputeFlags { readonly threads?: number; readonly workers: number; readonly set?: readonly string[]; readonly serve?: string; readonly json?: true }

/** The flags of commands that train. */
function withCompute(command: Command): Command {
  return command
    .option('--threads <N>', 'compute threads, for all workers together (default: the cores)', wholeNumber(1, THREADS_MAX))
    .option('--workers <N>', 'worker roles in this process; any number gives the same bits', wholeNumber(1, WORKERS_MAX), 1)
    .option('--set <path=value>', 'set a field of the job; may be repeated', collected)
    .option('--serve <HOST:PORT>', 'serve /healthz, /readyz and /metrics over HTTP while it runs: an address, or a port of the loopback interface (0: any that is free)');
}

function addTrain(program: Command, context: CommandContext): void {
  const command = withCompute(program.command('train').summary('train a model from a job file')
    .description('Trains a model from a job file (YAML or JSON) in one process and writes a run directory.')
    .argument('<FILE>', 'the job file')
    .option('--out <DIR>', 'run directory, new or empty (default: runs/NAME-NUMBER)'));
  furnish(command, 'ebm train examples/mnist-rbm.yaml', 'ebm train job.yaml --set train.epochs=20 --set seed=2 --out runs/longer', 'ebm train job.yaml --serve 9464')
    .action(async (file: string, flags: ComputeFlags & { readonly out?: string }) => {
      await perform(context, flags.json === true, async (output, signal) => {
        const { readJob } = await import('../../platform/config/read.ts');
        const spec = await readJob(file, flags.set ?? []);
        const options = { spec, baseFolder: dirname(resolve(file)), out: flags.out ?? null, threads: flags.threads ?? null, workers: flags.workers, serve: flags.serve ?? null, signal };
        return context.actions.train(options, output);
      });
    });
}

function addResume(program: Command, context: CommandContext): void {
  const command = withCompute(program.command('resume').summary('go on with a run from its last good checkpoint')
    .description('Goes on with a run from its last good checkpoint, bit for bit. A longer run may be asked for.')
    .argument('<DIR>', 'the run directory'));
  furnish(command, 'ebm resume runs/mnist-rbm-1', 'ebm resume runs/mnist-rbm-1 --set train.epochs=20')
    .action(async (directory: string, flags: ComputeFlags) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.resume(
        { directory, overrides: flags.set ?? [], threads: flags.threads ?? null, workers: flags.workers, serve: flags.serve ?? null, signal }, output));
    });
}

function addVerify(program: Command, context: CommandContext): void {
  const command = program.command('verify').summary('recompute updates of a run and compare the digests')
    .description('Recomputes updates of a run from the nearest kept checkpoint, or else from the seed, and compares the digests with its ledger.')
    .argument('<DIR>', 'the run directory')
    .option('--from <T>', 'first update (default: the start)', wholeNumber(0, UPDATES_MAX))
    .option('--to <T>', 'last update (default: the last in the ledger and checkpoints)', wholeNumber(0, UPDATES_MAX))
    .option('--threads <N>', 'compute threads (default: the cores)', wholeNumber(1, THREADS_MAX));
  furnish(command, 'ebm verify runs/mnist-rbm-1 --from 0 --to 600')
    .action(async (directory: string, flags: { readonly from?: number; readonly to?: number; readonly threads?: number; readonly json?: true }) => {
      await perform(context, flags.json === true, async (output, signal) => {
        const [from, to] = [flags.from ?? null, flags.to ?? null];
        if (from !== null && to !== null && from >= to) {
          throw new UsageError('empty-range', `--from ${from} --to ${to} is no range of updates: --to must be larger`);
        }
        return context.actions.verify({ directory, from, to, threads: flags.threads ?? null, signal }, output);
      });
    });
}
