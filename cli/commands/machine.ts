// engine, doctor, bench, completion, explain: the commands about this machine and this program. Owns their flags and help.
import { Argument, Option, type Command } from 'commander';
import { BENCHMARKS, type BenchOptions } from './actions.ts';
import { collected, furnish, perform, wholeNumber, type CommandContext } from './context.ts';
import { THREADS_MAX, WORKERS_MAX } from './training.ts';

const SIZE_MAX = 10_000_000;

export function addMachine(program: Command, context: CommandContext): void {
  addExplain(program, context);
  addEngine(program, context);
  addDoctor(program, context);
  addBench(program, context);
  addCompletion(program, context);
}

function addExplain(program: Command, context: CommandContext): void {
  const command = program.command('explain').summary('say what a job file or one of its fields means')
    .description('Prints a job file compiled, with every default filled in; or says what a field means, its unit, range and default. Without an argument, lists every field.')
    .argument('[FILE_OR_FIELD]', 'a job file, or the path of a field')
    .option('--set <path=value>', 'set a field of the job; may be repeated', collected);
  furnish(command, 'ebm explain examples/mnist-rbm.yaml', 'ebm explain train.steps')
    .action(async (subject: string | undefined, flags: { readonly set?: readonly string[]; readonly json?: true }) => {
      await perform(context, flags.json === true, async (output) => {
        const { explain } = await import('./explain.ts');
        return explain({ subject: subject ?? null, overrides: flags.set ?? [], dataFacts: (spec, folder) => context.actions.dataFacts(spec, folder), readModule: (spec, folder) => context.actions.readModule(spec, folder) }, output);
      });
    });
}

function addEngine(program: Command, context: CommandContext): void {
  const engine = furnish(program.command('engine').summary('the engines that compute').description('The engines that compute: what there is, and what works here.'), 'ebm engine list');
  furnish(engine.command('list').description('Lists the engines and their fingerprints.'), 'ebm engine list')
    .action(async (_flags: unknown, list: Command) => {
      // Before the name of the command --json is the group's.
      const { json } = list.optsWithGlobals<{ readonly json?: true }>();
      await perform(context, json === true, async (output) => {
        const engines = await context.actions.engines();
        output.table([{ title: 'engine' }, { title: 'version' }, { title: 'device class' }, { title: 'threads' }, { title: 'GPU' }, { title: 'works here' }, { title: 'remark' }], engines.map((each) => ({
          record: { kind: 'engine', ...each },
          cells: [each.name, each.version, each.deviceClass, each.threads === null ? '' : String(each.threads), each.isUsingGpu === null ? '' : each.isUsingGpu ? 'used' : 'none', each.available ? 'yes' : 'no', each.remark],
        })), 'no engines');
        return 0;
      });
    });
  addEngineInstall(engine, context);
}

type InstallFlags = { readonly gpu?: true; readonly folder?: string; readonly wheel?: true; readonly json?: true };

function addEngineInstall(engine: Command, context: CommandContext): void {
  const command = engine.command('install').description('Installs an engine that does not come with ebm: TensorFlow, for processors or for GPUs with CUDA. Into a folder of its own; what is whole there is left as it is.')
    .addArgument(new Argument('<ENGINE>', 'the engine').choices(['tensorflow']))
    .option('--gpu', "with the library for NVIDIA's GPUs, which computes on the processor where there is none")
    .option('--folder <DIR>', "where engines are kept (or EBM_ENGINES; default: the user's cache)")
    .option('--wheel', "build against Python's wheel at once, without trying the download of the package's makers");
  furnish(command, 'ebm engine install tensorflow', 'ebm engine install tensorflow --gpu')
    .action(async (_engine: string, _flags: InstallFlags, install: Command) => {
      const { gpu, folder, wheel, json } = install.optsWithGlobals<InstallFlags>();
      await perform(context, json === true, (output, signal) => context.actions.installEngine(
        { signal, gpu: gpu === true, folder: folder ?? null, wheelOnly: wheel === true }, output));
    });
}

function addDoctor(program: Command, context: CommandContext): void {
  const command = program.command('doctor').summary('what works on this machine and what does not')
    .description('Checks what ebm needs from this machine; whatever does not work is shown with its remedy.');
  furnish(command, 'ebm doctor')
    .action(async (flags: { readonly json?: true }) => {
      await perform(context, flags.json === true, async (output) => {
        const { doctor } = await import('./doctor.ts');
        const { machineProbes } = await import('./probes.ts');
        return doctor(machineProbes(), output);
      });
    });
}

type BenchFlags = Partial<Record<'threads' | 'visible' | 'hidden' | 'batch' | 'k' | 'chains' | 'runs' | 'betas' | 'workers' | 'updates' | 'repetitions', number>>
  & { readonly staleness: 0 | 1; readonly engine: BenchOptions['engine']; readonly model?: 'mlp' | 'conv'; readonly peer?: true; readonly json?: true };

function addBench(program: Command, context: CommandContext): void {
  const size = wholeNumber(1, SIZE_MAX);
  const command = program.command('bench').summary('measure rates on this machine')
    .description('Measures rates: kernels (the halves of an update, evaluate and apply, each alone), train (whole updates), gibbs (sampling), ais (log Z), langevin (updates of Langevin chains on a dense or convolutional energy), cluster (a job by real processes over a nats-server of its own, in turn with ebm train). Each has its own default sizes.')
    .addArgument(new Argument('<BENCHMARK>', 'what to measure').choices([...BENCHMARKS]))
    .option('--threads <N>', 'compute threads (default: the cores)', wholeNumber(1, THREADS_MAX))
    .option('--visible <N>', 'visible units', size)
    .option('--hidden <N>', 'hidden units', size)
    .option('--batch <N>', 'rows an update', size)
    .option('--k <N>', 'steps of chains an update', size)
    .option('--chains <N>', 'chains', size)
    .option('--runs <N>', 'annealed chains', size)
    .option('--betas <N>', 'temperatures', wholeNumber(2, SIZE_MAX))
    .option('--workers <N>', 'cluster: worker processes, each with --threads', wholeNumber(1, WORKERS_MAX))
    .option('--updates <N>', 'cluster: updates of a run', size)
    .addOption(new Option('--staleness <N>', 'cluster: staleness of the job').argParser(wholeNumber(0, 1)).default(0))
    .option('--repetitions <N>', 'cluster: runs of each kind', wholeNumber(1, 1_000))
    .addOption(new Option('--engine <ENGINE>', 'what computes').choices(['auto', 'wasm', 'reference', 'tensorflow']).default('auto'))
    .addOption(new Option('--model <MODEL>', 'langevin: the energy (default: mlp)').choices(['mlp', 'conv']))
    .option('--peer', 'take part in an interleaved comparison: READY, then a line for each go on standard input');
  furnish(command, 'ebm bench train --threads 2 --hidden 500 --batch 100 --k 1')
    .action(async (benchmark: BenchOptions['benchmark'], flags: BenchFlags) => {
      await perform(context, flags.json === true, (output, signal) => context.actions.bench({
        benchmark, signal, threads: flags.threads ?? null, visible: flags.visible ?? null, hidden: flags.hidden ?? null,
        batch: flags.batch ?? null, k: flags.k ?? null, chains: flags.chains ?? null, runs: flags.runs ?? null, betas: flags.betas ?? null,
        engine: flags.engine, model: flags.model ?? null, peer: flags.peer === true,
        cluster: { workers: flags.workers ?? null, updates: flags.updates ?? null, staleness: flags.staleness, repetitions: flags.repetitions ?? null },
      }, output));
    });
}

function addCompletion(program: Command, context: CommandContext): void {
  const command = program.command('completion').summary('shell completion for bash, zsh or fish')
    .description('Prints a completion script: commands, flags, fields of a job after --set, and files.')
    .addArgument(new Argument('<SHELL>', 'the shell').choices(['bash', 'zsh', 'fish']));
  furnish(command, 'source <(ebm completion bash)', 'ebm completion zsh > ~/.zfunc/_ebm', 'ebm completion fish > ~/.config/fish/completions/ebm.fish')
    .action(async (shell: 'bash' | 'zsh' | 'fish', flags: { readonly json?: true }) => {
      await perform(context, flags.json === true, async (output) => {
        const { completionModel } = await import('./completion.ts');
        const { completionScript } = await import('./completion-scripts.ts');
        const script = completionScript(shell, completionModel(program));
        output.result({ kind: 'completion', shell, script }, script);
        return 0;
      });
    });
}
