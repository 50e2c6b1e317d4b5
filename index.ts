// The library's door: `import { train, evaluate, sample } from 'ebm-fleet'`. Everything that is public is named here, and nothing else
// may be imported from the package. How it is composed is cli/compose's.
export { evaluate, type EnergyEvaluateOptions, type EnergyEvaluation, type EvaluateOptions, type Evaluation, type ScoreEvaluateOptions, type ScoreEvaluation } from './cli/compose/library-evaluate.ts';
export { openModel as open, type BoltzmannModel, type Model, type OpenOptions } from './cli/compose/library-model.ts';
export type { EnergyModel, ModelTensor, ScoreModel, ScoreOptions } from './cli/compose/library-continuous.ts';
export type { BinarySamples, BoltzmannSampling } from './cli/compose/library-bits.ts';
export type { EnergySampling, RealSamples, ScoreSampling } from './cli/compose/library-real.ts';
export type { CommonSampling, ComputeOptions, KnownUnits, UseOptions } from './cli/compose/library-options.ts';
export { RunError, type FinishedRun, type InterruptedRun, type Run, type TrainResult } from './cli/compose/library-run.ts';
export { sample, type SampleOptions, type Samples } from './cli/compose/library-sample.ts';
export { readJob, resume, train, type Job, type ModelOf, type ResumeOptions, type TrainOptions } from './cli/compose/library-train.ts';

export { defineEnergy, type EnergyDefinition, type EnergyOperations, type EnergyTensor, type Operand, type ParameterDeclaration } from './ebm/continuous/define-energy.ts';

export type { LogLikelihoodFigure, LogPartitionFigure } from './coordinator/shell/events.ts';
export type { EvaluatedEvent, FinishedEvent, InterruptedEvent, ProgressEvent, RunEvent } from './cli/terminal/events.ts';
export type { WorkProgress } from './cli/terminal/progress.ts';
export type { CompiledJob, ContinuousJob } from './ebm/job.ts';

export { ConfigError, type ConfigProblem } from './platform/config/config.ts';
export { DataError, type DataPosition } from './platform/data/errors.ts';
export { ModuleError, type ModuleProblem } from './platform/modules/errors.ts';
export { StorageError } from './platform/store/errors.ts';
export { UsageError } from './cli/terminal/failure.ts';
