// evaluate, sample, transform, score, inpaint, export, inspect: the commands that use a trained run. Owns their flags and help.
import { Option, type Command } from 'commander';
import type { ScoreMethod } from '../../ebm/continuous/reverse.ts';
import { furnish, perform, positiveNumber, wholeNumber, type CommandContext } from './context.ts';
import type { FlowOptions, RowsOptions, RunOptions, SampleMoves, SampleOptions } from './actions.ts';
import { THREADS_MAX } from './training.ts';

const UPDATES_MAX = 4_294_967_295;
const STEPS_MAX = 1_000_000;
const COUNT_MAX = 1_000_000;
const BETAS_MAX = 10_000_000;
const PROJECTIONS_MAX = 10_000;

export function addUsing(program: Command, context: CommandContext): void {
  addEvaluate(program, context);
  addSample(program, context);
  addTransform(program, context);
  addScore(program, context);
  addInpaint(program, context);
  addExport(program, context);
  addInspect(program, context);
}

// Told again because --help loads no mathematics.
const WAYS: Record<ScoreMethod, true> = { annealed: true, reverse: true, 'predictor-corrector': true, ode: true };

interface RunFlags { readonly update?: number; readonly threads?: number; readonly json?: true }

/** The argument and the flags of every command that uses a run. */
function withRun(command: Command): Command {
  return command
    .argument('<DIR>', 'the run directory')
    .option('--update <T>', 'use the checkpoint of this update (default: the newest)', wholeNumber(0, UPDATES_MAX))
    .option('--threads <N>', 'compute threads (default: the cores)', wholeNumber(1, THREADS_MAX));
}

function runOptions(directory: string, flags: RunFlags, signal: AbortSignal): RunOptions {
  return { directory, update: flags.update ?? null, threads: flags.threads ?? null, signal };
}

interface RowsFlags extends RunFlags { readonly test?: true }

/** The arguments and flags of every command that uses a run on data. */
function withRows(command: Command): Command {
  return withRun(command)
    .argument('<DATA>', 'a built-in name or a path, as data.source in a job file')
    .option('--test', "take the data's own test set");
}

function rowsOptions(directory: string, data: string, flags: RowsFlags, signal: AbortSignal): RowsOptions {
  return { ...runOptions(directory, flags, signal), data, test: flags.test === true };
}

interface FlowFlags { readonly rows?: number; readonly steps?: number; readonly projections?: number }

function withFlow(command: Command): Command {
  return command
    .option('--steps <N>', 'of a score model: steps from the least noise to the largest (default: 64)', wholeNumber(1, STEPS_MAX))
    .option('--projections <N>', 'of a score model: random directions a row for its divergence (default: exact up to 16 numbers a row, 1 above)', wholeNumber(1, PROJECTIONS_MAX));
}

function flowOptions({ rows, steps, projections }: FlowFlags): { readonly flow?: FlowOptions } {
  const flow = { ...(rows === undefined ? {} : { rows }), ...(steps === undefined ? {} : { steps }), ...(projections === undefined ? {} : { projections }) };
  return Object.keys(flow).length === 0 ? {} : { flow };
}

interface EvaluateFlags extends RunFlags, FlowFlags { readonly exact?: true; readonly runs?: number; readonly betas?: number; readonly raise?: true; readonly reverse?: true }

function addEvaluate(program: Command, context: CommandContext): void {
  const command = withFlow(withRun(program.command('evaluate').summary('measure the log-likelihood of a run')
    .description('Measures log Z and the log-likelihood of the test set: by annealed importance sampling, or by enumeration with --exact. Of an energy in two dimensions by quadrature, in any number with --runs or --betas. Of a score model the log-likelihood of held-out rows, by its probability flow.'))
    .option('--exact', 'enumerate (a layer of at most 20 units)')
    .option('--runs <N>', 'annealed chains (default: as in the job)', wholeNumber(1, COUNT_MAX))
    .option('--betas <N>', 'temperatures (default: as in the job)', wholeNumber(2, BETAS_MAX))
    .option('--raise', 'add the conservative figure RAISE')
    .option('--reverse', 'add reverse AIS')
    .option('--rows <N>', 'of a score model: the first N held-out rows (default: all up to 16 numbers a row, 1000 above)', wholeNumber(1, COUNT_MAX)));
  furnish(command, 'ebm evaluate runs/mnist-rbm-1 --betas 20000 --raise')
    .action(async (directory: string, flags: EvaluateFlags) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.evaluate({
        ...runOptions(directory, flags, signal), exact: flags.exact === true, runs: flags.runs ?? null, betas: flags.betas ?? null,
        raise: flags.raise === true, reverse: flags.reverse === true, ...flowOptions(flags),
      }, output));
    });
}

const STEP_SIZE = "of an energy: step of the sampler (default: the job's, else 0.01)";
const TEMPERATURE = "of an energy: temperature that is sampled at (default: the job's, else 1)";

function samplerOption(): Option {
  return new Option('--sampler <KIND>', "of an energy: how chains move (default: the job's sampler, else annealed mala)").choices(['ula', 'mala', 'hmc', 'annealed']);
}

interface SampleFlags extends RunFlags, SampleMoves, Pick<SampleOptions, 'method' | 'seed' | 'strip'> { readonly count: number; readonly steps?: number; readonly out: string }

function addSample(program: Command, context: CommandContext): void {
  const command = withRun(program.command('sample').summary('draw samples from a run')
    .description('Draws samples: of a Boltzmann machine by block Gibbs sampling, a mosaic of means as PNG or the bits as .npy or .npz; of an energy by Langevin or Hamiltonian chains, points on the density or a mosaic as PNG, or the rows as .npy; of a score model from noise, likewise.'))
    .option('--count <N>', 'samples', wholeNumber(1, COUNT_MAX), 100)
    .option('--steps <N>', "steps of each sample (default: 100 from the run's chains, 1000 if there are fewer chains than samples or none)", wholeNumber(1, STEPS_MAX))
    .option('--out <FILE>', 'file to write: .png, .npy or .npz', 'samples.png')
    .addOption(samplerOption())
    .option('--step-size <X>', STEP_SIZE, positiveNumber)
    .option('--temperature <X>', TEMPERATURE, positiveNumber)
    .addOption(new Option('--start <WHERE>', "of an energy: where chains start (default: the run's chains where it keeps some)").choices(['chains', 'noise']))
    .addOption(new Option('--method <WAY>', 'of a score model: the way from noise (default: predictor-corrector)').choices(Object.keys(WAYS)))
    .option('--seed <N>', "of a score model: seed of the samples (default: the job's)", wholeNumber(0, UPDATES_MAX))
    .option('--strip', 'of an energy or a score model of pictures: show how each sample came from its start, in ten pictures from left to right');
  furnish(command, 'ebm sample runs/mnist-rbm-1 --count 64 --out digits.png', 'ebm sample runs/two-moons-1 --count 2000 --sampler mala --start noise --out moons.png')
    .action(async (directory: string, { sampler, stepSize, temperature, start, method, seed, strip, ...flags }: SampleFlags) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.sample(
        { ...runOptions(directory, flags, signal), count: flags.count, steps: flags.steps ?? null, out: flags.out, moves: { sampler, stepSize, temperature, start },
          ...(method === undefined ? {} : { method }), ...(seed === undefined ? {} : { seed }), ...(strip === undefined ? {} : { strip }) }, output));
    });
}

function addTransform(program: Command, context: CommandContext): void {
  const command = withRows(program.command('transform').summary('turn data into hidden means')
    .description('Computes the means of the hidden units for each row of a data set, as features for another program.'))
    .requiredOption('--out <FILE>', 'the .npy file to write');
  furnish(command, 'ebm transform runs/mnist-rbm-1 data/new.npy --out features.npy')
    .action(async (directory: string, data: string, flags: RowsFlags & { readonly out: string }) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.transform(
        { ...rowsOptions(directory, data, flags, signal), out: flags.out }, output));
    });
}

function addScore(program: Command, context: CommandContext): void {
  const command = withFlow(withRows(program.command('score').summary('compute energies or log-likelihoods of data')
    .description('Computes the free energy of each row of a data set, or of an energy E itself, in nats: low where the model finds the row likely. A difference of two is the logarithm of how much likelier one row is. Of a score model the log-likelihood of each row: high where it is likely.'))
    .option('--out <FILE>', 'a .npy file to write (default: one figure a line)'));
  furnish(command, 'ebm score runs/mnist-rbm-1 data/new.npy --out energies.npy')
    .action(async (directory: string, data: string, flags: RowsFlags & Pick<FlowFlags, 'steps' | 'projections'> & { readonly out?: string }) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.score(
        { ...rowsOptions(directory, data, flags, signal), out: flags.out ?? null, ...flowOptions(flags) }, output));
    });
}

function addInpaint(program: Command, context: CommandContext): void {
  const command = withRows(program.command('inpaint').summary('fill in the unknown part of data')
    .description('Fills in what is unknown of each row with what is known held fixed: of a Boltzmann machine by Gibbs sampling, of an energy by its Langevin or Hamiltonian chains. A PNG shows the first 100 rows, or all points of a plane; .npy and .npz hold all.'))
    .requiredOption('--known <FILE>', '.npy of the visible units, 1 where the value is known and 0 elsewhere')
    .option('--steps <N>', 'steps of each row (default: 500 Gibbs steps, 1000 of an energy)', wholeNumber(1, STEPS_MAX))
    .option('--out <FILE>', 'file to write: .png, .npy or .npz', 'inpainted.png')
    .addOption(samplerOption())
    .option('--step-size <X>', STEP_SIZE, positiveNumber)
    .option('--temperature <X>', TEMPERATURE, positiveNumber);
  furnish(command, 'ebm inpaint runs/mnist-rbm-1 data/new.npy --known mask.npy --out filled.png')
    .action(async (directory: string, data: string, flags: RowsFlags & Omit<SampleMoves, 'start'> & { readonly known: string; readonly steps?: number; readonly out: string }) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.inpaint(
        { ...rowsOptions(directory, data, flags, signal), known: flags.known, steps: flags.steps ?? null, out: flags.out,
          moves: { sampler: flags.sampler, stepSize: flags.stepSize, temperature: flags.temperature } }, output));
    });
}

function addExport(program: Command, context: CommandContext): void {
  const command = withRun(program.command('export').summary('write the parameters for other programs')
    .description('Writes weights and biases as float32, in nats: weights [visible, hidden], visible_bias, hidden_bias.'))
    .addOption(new Option('--format <FORMAT>', 'format of the file').choices(['safetensors', 'npz']).default('safetensors'))
    .option('--out <FILE>', 'file to write (default: NAME.FORMAT here)');
  furnish(command, 'ebm export runs/mnist-rbm-1 --format npz --out model.npz')
    .action(async (directory: string, flags: RunFlags & { readonly format: 'safetensors' | 'npz'; readonly out?: string }) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.export(
        { ...runOptions(directory, flags, signal), format: flags.format, out: flags.out ?? null }, output));
    });
}

function addInspect(program: Command, context: CommandContext): void {
  const command = program.command('inspect').summary('say what a run directory holds')
    .description('Says in words what a run directory holds: its job, how far it is, its checkpoints, its figures, what is damaged.')
    .argument('<DIR>', 'the run directory');
  furnish(command, 'ebm inspect runs/mnist-rbm-1')
    .action(async (directory: string, flags: { readonly json?: true }) => {
      await perform(context, flags.json === true, (output) => context.actions.inspect({ directory }, output));
    });
}
