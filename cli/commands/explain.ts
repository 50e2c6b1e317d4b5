// `ebm explain`: a job file compiled, with every default filled in and what it will need; or what a field means. Owns the wording.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { AnyJob } from '../../ebm/job.ts';
import { compileJob } from '../../platform/config/compile.ts';
import type { JobSpec } from '../../platform/config/config.ts';
import { jobDigest } from '../../platform/config/digest.ts';
import { estimateRun } from '../../platform/config/estimate.ts';
import { jobFields, nearestPath, type Field, type FieldTable } from '../../platform/config/fields.ts';
import { readJob } from '../../platform/config/read.ts';
import { failureOf, UsageError, type ExitCode } from '../terminal/failure.ts';
import { bytes, count, wrapped } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import type { Actions } from './actions.ts';

export interface ExplainOptions {
  /** A job file or the path of a field; null lists every field. */
  readonly subject: string | null;
  readonly overrides: readonly string[];
  readonly dataFacts: Actions['dataFacts'];
  readonly readModule: Actions['readModule'];
}

const TEXT_COLUMNS = 80;

export async function explain(options: ExplainOptions, output: Output): Promise<ExitCode> {
  const table = jobFields();
  const { subject } = options;
  if (subject === null) {
    listFields(table, output);
    return 0;
  }
  const fields = fieldsNamed(subject, table);
  if (fields.length > 0) {
    fields.forEach((field, index) => { output.result(fieldRecord(field), `${index === 0 ? '' : '\n'}${fieldText(field, table)}`); });
    return 0;
  }
  if (existsSync(subject) || /[/\\]|\.(ya?ml|json)$/i.test(subject)) return explainFile(subject, options, output);
  const nearest = nearestPath(subject, table);
  throw new UsageError('unknown-field', `${subject} is neither a field of a job nor a file.${nearest === null ? '' : ` Did you mean ${nearest}?`}`, '`ebm explain` lists every field.');
}

/** The field of that path, else every field of that last name (steps is train.steps). */
function fieldsNamed(subject: string, table: FieldTable): readonly Field[] {
  const exact = subject === '' ? undefined : table.get(subject);
  return exact === undefined ? [...table.values()].filter((field) => field.path.endsWith(`.${subject}`)) : [exact];
}

function listFields(table: FieldTable, output: Output): void {
  const fields = [...table.values()].filter((field) => field.kind !== 'section' || field.options.length > 0);
  output.table([{ title: 'field' }, { title: 'default' }, { title: 'accepted' }], fields.map((field) => ({
    record: fieldRecord(field), cells: [field.path, defaultOf(field), field.accepted],
  })), 'no fields');
}

function fieldRecord(field: Field): { readonly kind: string } & Record<string, unknown> {
  const { path, description, unit, accepted, options, minimum, maximum, required } = field;
  return { kind: 'field', path, description, type: field.kind, unit, accepted, options, minimum, maximum, required, default: field.default === null ? null : JSON.parse(field.default) as unknown };
}

function defaultOf(field: Field): string {
  if (field.required) return 'none: must be given';
  const note = field.defaultNote === null ? '' : ` (${field.defaultNote})`;
  if (field.default === null) return field.kind === 'section' ? '-' : field.defaultNote ?? '-';
  return `${field.default.replace(/"/g, '')}${note}`;
}

function fieldText(field: Field, table: FieldTable): string {
  const facts = [
    `accepted  ${field.accepted}`,
    ...(field.unit === null ? [] : [`unit      ${field.unit}`]),
    ...(field.kind === 'section' ? [] : [`default   ${defaultOf(field)}`]),
  ];
  const children = field.children.map((name) => `  ${name.padEnd(14)}  ${summaryOf(table.get(`${field.path}.${name}`))}`);
  return [field.path, '', wrapped(field.description, TEXT_COLUMNS), '', ...facts, ...(children.length === 0 ? [] : ['', 'fields', ...children])].join('\n');
}

function summaryOf(field: Field | undefined): string {
  const sentence = field?.description.split(/[.:;] /)[0] ?? '';
  return sentence.replace(/\.$/, '');
}

async function explainFile(file: string, options: ExplainOptions, output: Output): Promise<ExitCode> {
  const spec = await readJob(file, options.overrides);
  const folder = dirname(resolve(file));
  const job = await compiled(await options.readModule(spec, folder), folder, options, output);
  const text = stringify(withoutAbsent(spec), { lineWidth: 0 }).trimEnd();
  const threads = availableParallelism();
  const estimate = job === null ? null : estimateRun(job, threads);
  const remarks = job === null || estimate === null ? [] : [
    `${count(job.train.updates)} updates of ${count(job.train.batch)} rows; ${job.model.kind !== 'bernoulli-rbm' ? `${count(job.facts.visible)} dimensions` : `${count(job.facts.visible)} x ${count(job.model.hidden)} units`}, ${count(job.facts.trainingRows)} training rows`,
    `memory about ${bytes(estimate.memoryBytes)} with ${threads} threads, disk about ${bytes(estimate.diskBytes)}`,
    `job ${jobDigest(job)}`,
  ];
  output.result({
    kind: 'explained', job: job === null ? null : jobDigest(job), updates: job?.train.updates ?? null, compiled: job ?? spec,
    estimate: estimate === null ? null : { memoryBytes: estimate.memoryBytes, diskBytes: estimate.diskBytes, checkpointBytes: estimate.checkpointBytes },
  }, [...remarks.map((remark) => `# ${remark}`), text].join('\n'));
  return 0;
}

/** Null, with a warning, if the data cannot be read: the file can be explained without. A job that its data refutes is an error. */
async function compiled(spec: JobSpec, baseFolder: string, options: ExplainOptions, output: Output): Promise<AnyJob | null> {
  let found;
  try {
    found = await options.dataFacts(spec, baseFolder);
  } catch (error) {
    const failure = failureOf(error);
    if (failure.stack !== null) throw error;
    output.warn(`the data could not be read, so the number of updates and what they need are not known: ${failure.message}`);
    return null;
  }
  return compileJob(spec, found.facts, found.shape);
}

/** A job file as a person would write it: null stands for absent. */
function withoutAbsent(spec: JobSpec): Record<string, unknown> {
  const evaluate = spec.evaluate !== 'off' && spec.evaluate.logPartition === null ? { every: spec.evaluate.every } : spec.evaluate;
  return { ...spec, evaluate, train: Object.fromEntries(Object.entries(spec.train).filter(([, value]) => value !== null)) };
}
