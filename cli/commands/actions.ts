// What the commands ask for: one typed function a command. The composition root hands in the real ones, tests hand in fakes.
// Options are parsed and complete when they arrive; null means that the user left the choice to the program.
import type { ScoreMethod } from '../../ebm/continuous/reverse.ts';
import type { CompiledJob, DataFacts } from '../../ebm/job.ts';
import type { JobSpec } from '../../platform/config/config.ts';
import type { PictureShape } from '../../platform/data/data.ts';
import type { ExitCode } from '../terminal/failure.ts';
import type { Output } from '../terminal/output.ts';

export interface RunningOptions {
  /** Aborted by SIGINT or SIGTERM: finish the update, checkpoint, return its exit code (terminal/signals.ts: stopRequestOf). */
  readonly signal: AbortSignal;
  /** Compute threads for everything in this process; null: the cores. */
  readonly threads: number | null;
}

export interface TrainOptions extends RunningOptions {
  readonly spec: JobSpec;
  /** Absolute folder of the job file, where relative data paths start. */
  readonly baseFolder: string;
  /** Run directory, new or empty; null: runs/NAME-NUMBER. */
  readonly out: string | null;
  readonly workers: number;
  /** HOST:PORT, PORT or off, where health and metrics of the run are served; null: nowhere. Not yet checked. */
  readonly serve: string | null;
}

export interface ResumeOptions extends RunningOptions {
  readonly directory: string;
  /** `path=value`, not yet checked: extendJob (platform/config/compile.ts) does that with the run's job. */
  readonly overrides: readonly string[];
  readonly workers: number;
  /** As of train. */
  readonly serve: string | null;
}

/** Commands that use a trained run. */
export interface RunOptions extends RunningOptions {
  readonly directory: string;
  /** The checkpoint of this update; null: the newest good one. */
  readonly update: number | null;
}

export interface EvaluateOptions extends RunOptions {
  readonly exact: boolean;
  readonly runs: number | null;
  readonly betas: number | null;
  /** True adds the figure; false leaves it to the job. */
  readonly raise: boolean;
  readonly reverse: boolean;
  /** Absent where no flag asks for it. */
  readonly flow?: FlowOptions;
}

/** How the likelihood of a score model is measured; what is absent is the program's choice. */
export interface FlowOptions {
  readonly steps?: number;
  /** Random directions a row, for its divergence. */
  readonly projections?: number | null;
  /** evaluate: of the held-out rows, the first so many. */
  readonly rows?: number;
}

export interface SampleOptions extends RunOptions {
  readonly count: number;
  /** Steps each sample takes from its start; null: the program's choice. */
  readonly steps: number | null;
  /** .png, .npy or .npz */
  readonly out: string;
  readonly moves?: SampleMoves;
  /** Of score models: the way from noise, and the seed of its numbers (absent: the job's). */
  readonly method?: ScoreMethod;
  readonly seed?: number;
  /** Of pictures: a line for each sample that shows how it came from its start. */
  readonly strip?: true;
}

/** How chains of an energy move and where they start; what is absent is as in the job. */
export interface SampleMoves {
  readonly sampler?: 'ula' | 'mala' | 'hmc' | 'annealed' | undefined;
  readonly stepSize?: number | undefined;
  readonly temperature?: number | undefined;
  readonly start?: 'chains' | 'noise' | undefined;
}

/** Rows that a trained run is used on. */
export interface RowsOptions extends RunOptions {
  readonly data: string;
  /** The source's own test set instead of its training rows. */
  readonly test: boolean;
}

export interface TransformOptions extends RowsOptions { readonly out: string }
/** `out` null: one figure a line on standard output. */
export interface ScoreOptions extends RowsOptions { readonly out: string | null; readonly flow?: FlowOptions }

export interface InpaintOptions extends RowsOptions {
  /** .npy of the visible units, 1 where the value is known. */
  readonly known: string;
  /** Null: the program's choice. */
  readonly steps: number | null;
  readonly out: string;
  /** Of an energy. */
  readonly moves?: Omit<SampleMoves, 'start'>;
}

export interface ExportOptions extends RunOptions {
  readonly format: 'safetensors' | 'npz';
  /** Null: the run's name with the format's ending, in the current folder. */
  readonly out: string | null;
}

export interface VerifyOptions extends RunningOptions {
  readonly directory: string;
  /** Null: the start of the ledger, its end. */
  readonly from: number | null;
  readonly to: number | null;
}

export interface InspectOptions { readonly directory: string }

export const BENCHMARKS = ['kernels', 'train', 'gibbs', 'ais', 'langevin', 'cluster'] as const;

export interface BenchOptions extends RunningOptions {
  readonly benchmark: (typeof BENCHMARKS)[number];
  readonly visible: number | null;
  readonly hidden: number | null;
  readonly batch: number | null;
  /** Gibbs steps an update. */
  readonly k: number | null;
  readonly chains: number | null;
  readonly runs: number | null;
  readonly betas: number | null;
  /** cluster: worker processes, updates of the job, its staleness, and how often it is repeated. */
  readonly cluster: { readonly workers: number | null; readonly updates: number | null; readonly staleness: 0 | 1; readonly repetitions: number | null };
  readonly engine: CompiledJob['resources']['engine'];
  /** langevin: the energy; null: mlp. */
  readonly model: 'mlp' | 'conv' | null;
  /** Take part in reference/peers' interleaving protocol on standard input and output. */
  readonly peer: boolean;
}

export interface InstallEngineOptions {
  readonly signal: AbortSignal;
  readonly gpu: boolean;
  /** Where engines are kept; null: EBM_ENGINES or the user's cache. */
  readonly folder: string | null;
  /** Build against the wheel at once. */
  readonly wheelOnly: boolean;
}

/** How a cluster is reached. */
export interface ClusterOptions {
  readonly signal: AbortSignal;
  /** URL of a NATS server, or several with commas. */
  readonly nats: string;
  /** Paths, of a credentials file and of a file with the seed of an nkey, or null. */
  readonly creds: string | null;
  readonly nkey: string | null;
  /** Paths of PEM files, or null. */
  readonly tls: { readonly ca: string | null; readonly cert: string | null; readonly key: string | null };
}

export interface CoordinatorOptions extends ClusterOptions, RunningOptions {
  /** Directory of jobs and runs, or `nats`. */
  readonly store: string;
  /** HOST:PORT, PORT or off, where health and metrics are served; null: the default. */
  readonly listen: string | null;
  /** Take jobs whose energy is a module of their author's. */
  readonly allowModules: boolean;
}

export interface WorkerOptions extends ClusterOptions, RunningOptions {
  /** Run the modules of jobs here. */
  readonly allowModules: boolean;
  readonly listen: string | null;
  /** Directory of the cache of data sets; null: the default one. */
  readonly cache: string | null;
  /** The most that data sets may take in it; null: the default. */
  readonly cacheBytes: number | null;
  /** Null: made of the host's name and the process id. */
  readonly name: string | null;
  readonly engine: 'wasm' | 'tensorflow' | 'reference';
  /** Refuse to start where TensorFlow would compute on the processor. */
  readonly gpu: boolean;
}

export interface SubmitOptions extends ClusterOptions {
  readonly spec: JobSpec;
  /** Path of the job file: data paths in it are relative to its folder. */
  readonly file: string;
  readonly follow: boolean;
}

export interface UpOptions extends ClusterOptions, RunningOptions {
  readonly allowModules: boolean;
  readonly store: string;
  readonly workers: number;
}

export interface DownOptions {
  readonly signal: AbortSignal;
  readonly store: string;
}

export interface DataPushOptions extends ClusterOptions {
  /** As data.source of a job; a relative path starts at the current folder. */
  readonly path: string;
}

export interface DataRemoveOptions extends ClusterOptions { readonly digest: string }

export interface JobOptions extends ClusterOptions {
  readonly id: string;
}

export interface LogsOptions extends JobOptions { readonly follow: boolean }
/** `out`: a directory, new or empty. `data`: the data set too, into the cache of this machine. */
export interface FetchOptions extends JobOptions { readonly out: string; readonly data: boolean }
export interface DrainOptions extends ClusterOptions { readonly worker: string }

export interface EngineDescription {
  readonly name: string;
  readonly version: string;
  readonly deviceClass: string;
  /** Null where it does not work. */
  readonly threads: number | null;
  /** Null for an engine that knows no GPUs. */
  readonly isUsingGpu: boolean | null;
  readonly available: boolean;
  /** Why it is not available, or what it is for. */
  readonly remark: string;
}

/** Each says what it did through the output and returns the exit code; what it throws is shown as a failure. */
export interface Actions {
  train(options: TrainOptions, output: Output): Promise<ExitCode>;
  resume(options: ResumeOptions, output: Output): Promise<ExitCode>;
  evaluate(options: EvaluateOptions, output: Output): Promise<ExitCode>;
  sample(options: SampleOptions, output: Output): Promise<ExitCode>;
  transform(options: TransformOptions, output: Output): Promise<ExitCode>;
  score(options: ScoreOptions, output: Output): Promise<ExitCode>;
  inpaint(options: InpaintOptions, output: Output): Promise<ExitCode>;
  export(options: ExportOptions, output: Output): Promise<ExitCode>;
  verify(options: VerifyOptions, output: Output): Promise<ExitCode>;
  inspect(options: InspectOptions, output: Output): Promise<ExitCode>;
  bench(options: BenchOptions, output: Output): Promise<ExitCode>;
  coordinator(options: CoordinatorOptions, output: Output): Promise<ExitCode>;
  worker(options: WorkerOptions, output: Output): Promise<ExitCode>;
  up(options: UpOptions, output: Output): Promise<ExitCode>;
  down(options: DownOptions, output: Output): Promise<ExitCode>;
  submit(options: SubmitOptions, output: Output): Promise<ExitCode>;
  list(options: ClusterOptions, output: Output): Promise<ExitCode>;
  show(options: JobOptions, output: Output): Promise<ExitCode>;
  cancel(options: JobOptions, output: Output): Promise<ExitCode>;
  pause(options: JobOptions, output: Output): Promise<ExitCode>;
  unpause(options: JobOptions, output: Output): Promise<ExitCode>;
  watch(options: JobOptions, output: Output): Promise<ExitCode>;
  logs(options: LogsOptions, output: Output): Promise<ExitCode>;
  fetch(options: FetchOptions, output: Output): Promise<ExitCode>;
  workers(options: ClusterOptions, output: Output): Promise<ExitCode>;
  drain(options: DrainOptions, output: Output): Promise<ExitCode>;
  dataPush(options: DataPushOptions, output: Output): Promise<ExitCode>;
  dataList(options: ClusterOptions, output: Output): Promise<ExitCode>;
  dataRemove(options: DataRemoveOptions, output: Output): Promise<ExitCode>;
  installEngine(options: InstallEngineOptions, output: Output): Promise<ExitCode>;
  /** Every engine this program knows, working here or not. */
  engines(): Promise<readonly EngineDescription[]>;
  /** The job with its module read, where it has one (`ebm explain FILE`). */
  readModule(spec: JobSpec, baseFolder: string): Promise<JobSpec>;
  /** Reads a job's data and says what it is, for `ebm explain FILE`. */
  dataFacts(spec: JobSpec, baseFolder: string): Promise<{ readonly facts: DataFacts; readonly shape: PictureShape | null }>;
}
