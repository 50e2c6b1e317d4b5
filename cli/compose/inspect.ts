// `ebm inspect`: what a run directory holds, in words. Gathering it is holdings.ts.
import { join } from 'node:path';
import type { CompiledJob } from '../../ebm/job.ts';
import type { CheckpointHealth } from '../../platform/journal/reading.ts';
import type { InspectOptions } from '../commands/actions.ts';
import type { ExitCode } from '../terminal/failure.ts';
import { bytes, compact, count, nats, table } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { likelihoodText, logLikelihoodOf } from '../terminal/summary.ts';
import { holdingsOf, type HeldFigures, type HeldRollback, type Holdings } from './holdings.ts';

export async function inspect({ directory }: InspectOptions, output: Output): Promise<ExitCode> {
  const held = await holdingsOf(directory);
  const { job, digest, ledger } = held;
  const checkpoints = held.checkpoints.map((checkpoint) => checkpoint.kind === 'good'
    ? { update: checkpoint.update, path: checkpoint.path, good: true, problem: null, reason: checkpoint.manifest.reason, branch: checkpoint.manifest.branch, figure: checkpoint.manifest.figure, bytes: sizeOf(checkpoint) }
    : { update: checkpoint.update, path: checkpoint.path, good: false, problem: checkpoint.what, reason: null, branch: null, figure: null, bytes: null });
  output.result({
    kind: 'inspected', directory, name: job.name, job: digest, settings: job, update: held.update, updates: job.train.updates, checkpoints,
    ledger: { ...ledger, intact: isIntact(held) }, figures: held.figures, rollbacks: held.rollbacks, resumed: held.resumed, warnings: held.warnings,
  }, wordsOf(held));
  return 0;
}

/** A last line that is not complete is being written, or its writer was interrupted: nothing was lost that counts. */
function isIntact({ ledger }: Holdings): boolean {
  return ledger.problems.every(({ kind }) => kind === 'torn');
}

function sizeOf({ manifest }: Extract<CheckpointHealth, { readonly kind: 'good' }>): number {
  return manifest.files['state.bin'].bytes + manifest.files['parameters.safetensors'].bytes;
}

function wordsOf(held: Holdings): string {
  const { job, digest } = held;
  const rows: readonly (readonly [string, string])[] = [
    ['run', held.directory],
    ['job', `${job.name}: ${digest}`],
    ['model', modelText(job)],
    ['training', trainingText(job)],
    ['data', dataText(job)],
    ['progress', progressText(held)],
    ['ledger', ledgerText(held)],
    ['figures', held.figures === null ? 'none measured' : figuresText(held.figures)],
    ...held.rollbacks.map((rollback) => ['rollback', rollbackText(rollback)] as const),
    ...held.warnings.map((warning) => ['WARNING', warning] as const),
  ];
  const lines = rows.map(([name, text]) => `${name.padEnd(10)}  ${text}`).join('\n');
  return held.checkpoints.length === 0 ? lines : `${lines}\n\n${checkpointsTable(held)}`;
}

function modelText({ model, facts }: CompiledJob): string {
  return `${model.kind}, ${count(facts.visible)} visible x ${count(model.hidden)} hidden units, ${model.centred ? 'centred' : 'not centred'}, on a grid of 2^-${model.grid} nats`;
}

function trainingText({ train, seed }: CompiledJob): string {
  const { objective, steps, batch, chains, optimiser, average, staleness } = train;
  return [
    `${objective.toUpperCase()}-${steps}`, `batches of ${count(batch)}`, ...(chains === null ? [] : [`${count(chains)} chains`]),
    `${optimiser.kind} at ${compact(optimiser.learningRate)} (${optimiser.schedule})`, ...(average > 0 ? [`averaged with decay ${average}`] : []),
    ...(staleness === 0 ? [] : ['staleness 1']), `seed ${seed}`,
  ].join(', ');
}

function dataText({ data, facts }: CompiledJob): string {
  const rows = [`${count(facts.trainingRows)} training`, ...(facts.validationRows > 0 ? [`${count(facts.validationRows)} validation`] : []), ...(facts.testRows > 0 ? [`${count(facts.testRows)} test`] : [])];
  return `${data.source} (${rows.join(', ')} rows, binarised by ${data.binarise}): ${facts.digest}`;
}

function progressText({ job, update, ledger, resumed, directory }: Holdings): string {
  const { updates } = job.train;
  const again = resumed.length === 0 ? '' : `; taken up again at update ${resumed.map(count).join(', ')}`;
  if (update === null) return `no good checkpoint yet, of ${count(updates)} updates${again}`;
  if (update >= updates) return `done: ${count(updates)} updates${again}`;
  const beyond = ledger.update !== null && ledger.update > update ? ` (its ledger goes to ${count(ledger.update)})` : '';
  return `saved at update ${count(update)} of ${count(updates)}${beyond}${again}; \`ebm resume ${directory}\` goes on`;
}

function ledgerText({ ledger, directory }: Holdings): string {
  const { lines, head, problems } = ledger;
  const broken = problems.filter(({ kind }) => kind !== 'torn');
  const last = lines === 0 ? 'no lines' : `${count(lines)} lines, head ${head}`;
  if (broken.length === 0) return problems.length === 0 ? `${last}: the chain is whole` : `${last}: the chain is whole; a last line is not complete`;
  const where = broken.map(({ kind, line, why }) => `${kind === 'gap' ? 'a GAP' : 'BROKEN'} at line ${line} of ${join(directory, 'ledger.jsonl')}: ${why}`);
  return `${where.join('; ')}; before it: ${last}`;
}

function figuresText({ update, testLogLikelihood, validationLogLikelihood, logPartition }: HeldFigures): string {
  const validation = validationLogLikelihood === null ? '' : ` (validation ${nats(logLikelihoodOf(validationLogLikelihood))})`;
  return `at update ${count(update)}: ${likelihoodText(testLogLikelihood, logPartition)}${validation}`;
}

function rollbackText({ from, to, branch, learningRate, reason }: HeldRollback): string {
  return `diverged at update ${count(from)}${reason === '' ? '' : ` (${reason})`}; back to update ${count(to)} on branch ${branch} with learning rate ${compact(learningRate)}`;
}

function checkpointsTable({ checkpoints }: Holdings): string {
  return table([{ title: 'checkpoint' }, { title: 'update', align: 'right' }, { title: 'branch', align: 'right' }, { title: 'figure', align: 'right' }, { title: 'size', align: 'right' }, { title: 'taken' }, { title: 'health' }],
    checkpoints.map((checkpoint) => checkpoint.kind === 'good'
      ? [checkpoint.path, count(checkpoint.update), String(checkpoint.manifest.branch), nats(checkpoint.manifest.figure), bytes(sizeOf(checkpoint)), checkpoint.manifest.reason, 'good']
      : [checkpoint.path, count(checkpoint.update), '', '', '', '', 'DAMAGED']));
}
