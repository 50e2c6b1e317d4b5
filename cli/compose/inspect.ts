// `ebm inspect`: what a run directory holds, in words. Gathering it is holdings.ts.
import { join } from 'node:path';
import type { AnyJob } from '../../ebm/job.ts';
import { adviceAfter, stopText } from '../../platform/journal/ended.ts';
import type { CheckpointHealth } from '../../platform/journal/reading.ts';
import type { FileLeaseHolder } from '../../platform/lease/file.ts';
import type { InspectOptions } from '../commands/actions.ts';
import type { ExitCode } from '../terminal/failure.ts';
import { bytes, compact, count, nats, table } from '../terminal/format.ts';
import type { Output } from '../terminal/output.ts';
import { likelihoodText, logLikelihoodOf } from '../terminal/summary.ts';
import { holdingsOf, type HeldFigures, type HeldRollback, type Holdings } from './holdings.ts';

export async function inspect({ directory }: InspectOptions, output: Output): Promise<ExitCode> {
  const held = await holdingsOf(directory);
  const { job, digest, ledger } = held;
  const misfitAt = (path: string): string | null => held.misfits.find((misfit) => misfit.path === path)?.what ?? null;
  const checkpoints = held.checkpoints.map((checkpoint) => checkpoint.kind === 'good'
    ? { update: checkpoint.update, path: checkpoint.path, good: true, problem: misfitAt(checkpoint.path), reason: checkpoint.manifest.reason, branch: checkpoint.manifest.branch, figure: checkpoint.manifest.figure, bytes: sizeOf(checkpoint) }
    : { update: checkpoint.update, path: checkpoint.path, good: false, problem: checkpoint.what, reason: null, branch: null, figure: null, bytes: null });
  output.result({
    kind: 'inspected', directory, name: job.name, job: digest, settings: job, update: held.update, updates: job.train.updates, checkpoints,
    inUse: held.holder === null ? null : { pid: held.holder.pid, by: held.holder.name, since: held.holder.since, certain: held.holder.isCertain }, stopped: held.stop,
    ledger: { ...ledger, intact: isIntact(held) }, figures: held.figures, rollbacks: held.rollbacks, resumed: held.resumed, warnings: held.warnings,
  }, wordsOf(held));
  return 0;
}

/** A last line that is not complete is being written, or its writer was interrupted: nothing was lost that counts. */
function isIntact({ ledger, misfits }: Holdings): boolean {
  return misfits.length === 0 && ledger.problems.every(({ kind }) => kind === 'torn');
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
    ...(held.holder === null ? [] : [['state', holderText(held.holder)] as const]),
    ...(held.stop === null || held.holder !== null ? [] : [['state', stopText(held.stop)] as const]),
    ['progress', progressText(held)],
    ['ledger', ledgerText(held)],
    ['figures', held.figures === null ? 'none measured' : figuresText(held.figures)],
    ...held.rollbacks.map((rollback) => ['rollback', rollbackText(rollback)] as const),
    ...held.warnings.map((warning) => ['WARNING', warning] as const),
  ];
  const lines = rows.map(([name, text]) => `${name.padEnd(10)}  ${text}`).join('\n');
  return held.checkpoints.length === 0 ? lines : `${lines}\n\n${checkpointsTable(held)}`;
}

function modelText({ model, facts }: AnyJob): string {
  if (model.kind === 'score') return `scores under ${model.noise.kind.toUpperCase()} noise (${model.network.kind}) over ${count(facts.visible)} dimensions`;
  if (model.kind === 'energy') return `energy (${model.energy.kind}) over ${count(facts.visible)} dimensions`;
  return `${model.kind}, ${count(facts.visible)} visible x ${count(model.hidden)} hidden units, ${model.centred ? 'centred' : 'not centred'}, on a grid of 2^-${model.grid} nats`;
}

function trainingText({ train, seed }: AnyJob): string {
  const { objective, steps, batch, chains, optimiser, average, staleness } = train;
  return [
    `${objective.toUpperCase()}-${steps}`, `batches of ${count(batch)}`, ...(chains === null ? [] : [`${count(chains)} chains`]),
    `${optimiser.kind} at ${compact(optimiser.learningRate)} (${optimiser.schedule})`, ...(average > 0 ? [`averaged with decay ${average}`] : []),
    ...(staleness === 0 ? [] : ['staleness 1']), `seed ${seed}`,
  ].join(', ');
}

function dataText({ data, facts }: AnyJob): string {
  const rows = [`${count(facts.trainingRows)} training`, ...(facts.validationRows > 0 ? [`${count(facts.validationRows)} validation`] : []), ...(facts.testRows > 0 ? [`${count(facts.testRows)} test`] : [])];
  return `${data.source} (${rows.join(', ')} rows, binarised by ${data.binarise}): ${facts.digest}`;
}

function holderText({ pid, name, since, isCertain, remedy }: FileLeaseHolder): string {
  return isCertain ? `in use by process ${pid ?? name} since ${since}` : `in use by ${name} since ${since}, if that still runs; nothing here can tell. ${remedy}`;
}

function progressText(held: Holdings): string {
  const { job, update, ledger, resumed } = held;
  const { updates } = job.train;
  const again = resumed.length === 0 ? '' : `; taken up again at update ${resumed.map(count).join(', ')}`;
  const beyond = ledger.update !== null && ledger.update > (update ?? 0) ? ` (its ledger goes to ${count(ledger.update)})` : '';
  if (update === null) return `no good checkpoint yet, of ${count(updates)} updates${beyond}${again}`;
  if (update >= updates) return `done: ${count(updates)} updates${again}`;
  return `saved at update ${count(update)} of ${count(updates)}${beyond}${again}${nextText(held)}`;
}

/** What can be done: nothing while a process is at it. */
function nextText({ holder, stop, directory }: Holdings): string {
  if (holder !== null) return '';
  return stop === null ? `; \`ebm resume ${directory}\` goes on` : `. ${adviceAfter(stop, directory)}`;
}

function ledgerText({ ledger, misfits, directory }: Holdings): string {
  const { lines, head, problems } = ledger;
  const broken = problems.filter(({ kind }) => kind !== 'torn');
  const last = lines === 0 ? 'no lines' : `${count(lines)} lines, head ${head}`;
  const strange = misfits.length === 0 ? '' : `; but it CONTRADICTS ${misfits.length === 1 ? 'a checkpoint' : `${misfits.length} checkpoints`} (see the warnings)`;
  if (broken.length === 0) return `${lines === 0 ? last : `${last}: the chain is whole`}${problems.length === 0 ? '' : '; a last line is not complete'}${strange}`;
  const where = broken.map(({ kind, line, why }) => `${kind === 'gap' ? 'a GAP' : 'BROKEN'} at line ${line} of ${join(directory, 'ledger.jsonl')}: ${why}`);
  return `${where.join('; ')}; before it: ${last}${strange}`;
}

function figuresText({ update, testLogLikelihood, validationLogLikelihood, logPartition }: HeldFigures): string {
  const validation = validationLogLikelihood === null ? '' : ` (validation ${nats(logLikelihoodOf(validationLogLikelihood))})`;
  return `at update ${count(update)}: ${likelihoodText(testLogLikelihood, logPartition)}${validation}`;
}

function rollbackText({ from, to, branch, learningRate, reason }: HeldRollback): string {
  return `diverged at update ${count(from)}${reason === '' ? '' : ` (${reason})`}; back to update ${count(to)} on branch ${branch} with learning rate ${compact(learningRate)}`;
}

function checkpointsTable({ checkpoints, misfits }: Holdings): string {
  const health = (path: string): string => misfits.some((misfit) => misfit.path === path) ? 'NOT OF THIS LEDGER' : 'good';
  return table([{ title: 'checkpoint' }, { title: 'update', align: 'right' }, { title: 'branch', align: 'right' }, { title: 'figure', align: 'right' }, { title: 'size', align: 'right' }, { title: 'taken' }, { title: 'health' }],
    checkpoints.map((checkpoint) => checkpoint.kind === 'good'
      ? [checkpoint.path, count(checkpoint.update), String(checkpoint.manifest.branch), nats(checkpoint.manifest.figure), bytes(sizeOf(checkpoint)), checkpoint.manifest.reason, health(checkpoint.path)]
      : [checkpoint.path, count(checkpoint.update), '', '', '', '', 'DAMAGED']));
}
