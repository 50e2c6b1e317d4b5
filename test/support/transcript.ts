// Golden transcripts of the coordinator's machine: events in a small command language, the commands that they cause, in plain text.
// A transcript is stanzas of input lines, a line of dashes, output lines, a blank line. `#` begins a comment. One machine lives through
// a whole file. Time stands still but for `tick`.
import assert from 'node:assert/strict';
import type { TrainSettings } from '../../ebm/job.ts';
import { wantsDigest } from '../../coordinator/machine/duels.ts';
import type { Command, Event, UnitPlan } from '../../coordinator/machine/events.ts';
import { step } from '../../coordinator/machine/machine.ts';
import { FLEET_RULES, type FigurePlan } from '../../coordinator/machine/settings.ts';
import { initialState, type FailureCode, type State } from '../../coordinator/machine/state.ts';
import type { Range } from '../../proto/messages.ts';
import { tinyJob } from './tiny-job.ts';

type Words = ReadonlyMap<string, string>;
interface Granted { readonly worker: string; readonly unit: UnitPlan }

const RULES = { ...FLEET_RULES, leaseMs: 30_000, memberMs: 60_000, heartbeatMs: 5_000, disputeMs: 60_000 };

class Stage {
  state: State | null = null;
  nowMs = 0;
  /** Every lease that was ever granted: late answers name them. */
  readonly granted = new Map<number, Granted>();
  readonly held = new Map<string, number>();

  /** Performs a line; gives the commands as text. */
  perform(line: string): string[] {
    const [verb = '', ...rest] = line.split(/\s+/);
    const words: Words = new Map(rest.filter((word) => word.includes('=')).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
    const names = rest.filter((word) => !word.includes('='));
    if (verb === 'job') {
      this.state = open(words);
      return [];
    }
    return this.#events(verb, names, words).flatMap((event) => this.#step(event));
  }

  #step(event: Event): string[] {
    assert.ok(this.state !== null, 'a transcript begins with a job');
    const { state, commands } = step(this.state, event);
    this.state = state;
    return commands.map((command) => {
      if (command.kind === 'lease') {
        this.granted.set(command.lease, { worker: command.to, unit: command.unit });
        this.held.set(command.to, command.lease);
      }
      return shown(command);
    });
  }

  #events(verb: string, names: readonly string[], words: Words): Event[] {
    const number = (key: string, otherwise: number): number => Number(words.get(key) ?? otherwise);
    const { nowMs } = this;
    const epoch = number('epoch', this.state?.epoch ?? 0);
    const version = this.state?.run.version ?? 0;
    switch (verb) {
      case 'start': case 'ready': case 'measured': return [{ kind: verb, nowMs }];
      case 'tick': this.nowMs = Number(names[0]); return [{ kind: 'tick', nowMs: this.nowMs }];
      case 'join': return names.map((worker) => ({ kind: 'join', nowMs, worker, fingerprint: { engine: 'reference', version: '1', deviceClass: 'any', threads: 1 } }));
      case 'request': case 'leave': return names.map((worker) => ({ kind: verb, nowMs, worker, epoch }));
      case 'renew': return names.map((worker) => ({ kind: 'renew', nowMs, worker, epoch, lease: this.held.get(worker) ?? null }));
      case 'contribute': return names.map((worker) => this.#contribution(worker, words, epoch));
      case 'advanced': return names.map((worker) => {
        const lease = this.held.get(worker) ?? 0;
        const unit = this.granted.get(lease)?.unit;
        assert.ok(unit?.kind === 'span', `lease ${lease} is no span`);
        const { branch, update, learningRates } = unit;
        const done = number('done', learningRates.length);
        return { kind: 'advanced', nowMs, worker, epoch, lease, branch, update, done, divergence: done < learningRates.length ? 'not-finite at weight [0, 0]' : null, asks: true };
      });
      case 'result': return names.map((worker) => ({ kind: 'result', nowMs, worker, epoch, lease: number('lease', this.held.get(worker) ?? 0), asks: true }));
      case 'failed': return names.map((worker) => ({
        kind: 'failed', nowMs, worker, epoch, lease: number('lease', this.held.get(worker) ?? 0), code: words.get('code') ?? 'engine', message: 'it broke', asks: true,
      }));
      case 'restored': return [{
        kind: 'restored', nowMs, update: Number(names[0]), branch: number('branch', 0), rollbacks: number('rollbacks', 0), rateScale: number('scale', 1),
        measured: words.get('measured') !== 'no',
      }];
      case 'applied': return [{ kind: 'applied', nowMs, update: version }];
      case 'diverged': return [{ kind: 'diverged', nowMs, update: version, message: 'not-finite at weight [0, 0]' }];
      case 'checkpointed': return [{ kind: 'checkpointed', nowMs, update: Number(names[0]) }];
      case 'interrupt': case 'pause': case 'unpause': case 'cancel': return [{ kind: 'wish', nowMs, wish: verb }];
      case 'broken': return [{ kind: 'broken', nowMs, code: names[0] as FailureCode, message: 'it broke' }];
      default: throw new Error(`unknown verb ${verb}`);
    }
  }

  #contribution(worker: string, words: Words, epoch: number): Event {
    const lease = Number(words.get('lease') ?? this.held.get(worker) ?? 0);
    const unit = this.granted.get(lease)?.unit;
    assert.ok(unit?.kind === 'update', `lease ${lease} is no update's`);
    const { branch, update, data, chains } = unit;
    const digest = wantsDigest(this.state!, lease) ? words.get('digest') ?? 'same' : null;
    const claimed = words.has('data') ? range(words.get('data')!) : data;
    return { kind: 'contribution', nowMs: this.nowMs, worker, epoch, lease, branch, update, data: claimed, chains, digest, asks: words.get('asks') !== 'no' };
  }
}

function range(text: string): Range {
  const [from = 0, to = 0] = text.split('..').map(Number);
  return { from, to };
}

function open(words: Words): State {
  const number = (key: string, otherwise: number): number => Number(words.get(key) ?? otherwise);
  const objective: TrainSettings['objective'] = words.get('objective') === 'cd' ? 'cd' : 'pcd';
  const batch = number('batch', 100);
  const job = tinyJob({
    train: {
      objective, batch, chains: objective === 'cd' ? null : number('chains', batch), updates: number('updates', 100), staleness: number('staleness', 0) === 1 ? 1 : 0,
      rollbacks: number('rollbacks', 3),
    },
    job: {
      checkpoint: { every: number('checkpoint', 0), keep: 3 }, ledger: { every: number('ledger', 0) },
      evaluate: words.has('evaluate') ? { every: number('evaluate', 0), logPartition: { kind: 'exact' } } : 'off',
    },
  });
  const figures: FigurePlan[] = words.has('evaluate') ? [{ figure: { kind: 'exact' }, size: 1, part: 1 }, { figure: { kind: 'rows', set: 'test' }, size: 30, part: 20 }] : [];
  const cut = number('cut', 0);
  const fleet = {
    ...RULES, twinAfterMs: number('twins', Infinity), publishedMax: number('published', Infinity), workersMax: number('workers', RULES.workersMax), memberMs: number('member', RULES.memberMs),
    ...(cut > 0 ? { cut: () => cut } : {}), spanMs: number('span', 0),
  };
  return initialState({ job, until: job.train.updates, figures, checkpoints: true, fleet, lookEvery: number('look', 1) }, number('epoch', 1));
}

function shownRange({ from, to }: Range): string {
  return `${from}..${to}`;
}

function shownUnit(unit: UnitPlan): string {
  if (unit.kind === 'figure') return `${unit.figure.kind} ${shownRange(unit.range)} of version ${unit.version}`;
  const branch = unit.branch === 0 ? '' : ` branch=${unit.branch}`;
  if (unit.kind === 'span') return `updates ${unit.update}..${unit.update + unit.learningRates.length}${branch} with their steps`;
  return `update ${unit.update}${branch} version=${unit.version} data=${shownRange(unit.data)} chains=${shownRange(unit.chains)}${unit.cached ? ' cached' : ''}`;
}

function shown(command: Command): string {
  switch (command.kind) {
    case 'lease': return `send ${command.to} lease ${command.lease}: ${shownUnit(command.unit)} for=${command.termMs}${command.duel === null ? '' : ` duel=${command.duel}`}`;
    case 'welcome': case 'fence': case 'drain': return `send ${command.to} ${command.kind}`;
    case 'refuse': return `send ${command.to} refused ${command.code}: ${command.message}`;
    case 'cancel': return `send ${command.to} cancel ${command.lease}`;
    case 'accept': return `accept chains ${shownRange(command.chains)} of update ${command.update}`;
    case 'advance': return `advance to ${command.update + command.done}`;
    case 'collect': return `collect ${command.figure.kind} ${shownRange(command.range)}`;
    case 'discard': return `discard: ${command.reason}`;
    case 'retain': return `retain chains ${shownRange(command.chains)} of update ${command.update} for duel ${command.duel}`;
    case 'forget': return `forget duel ${command.duel}`;
    case 'open': return `open update ${command.update}${command.branch === 0 ? '' : ` branch=${command.branch}`}`;
    case 'apply': return `apply update ${command.update} rate=${Number(command.learningRate.toFixed(6))}`;
    case 'commit': case 'measure': case 'conclude': return `${command.kind} ${command.update}`;
    case 'abandon': return 'abandon';
    case 'ledger': return `ledger ${command.update} branch=${command.branch}`;
    case 'checkpoint': return `checkpoint ${command.update} ${command.reason}`;
    case 'restore': return `restore ${command.from.kind === 'start' ? 'start' : `${command.from.update} as branch=${command.from.as.branch} scale=${command.from.as.rateScale}${command.from.returned === null ? '' : ` returned by ${command.from.returned}`}`}`;
    case 'report': return `report ${JSON.stringify(command.what)}`;
    case 'end': return `end ${command.outcome.kind}${command.outcome.kind === 'failed' ? ` ${command.outcome.code}: ${command.outcome.message}` : ''}`;
  }
}

/** The transcript with its outputs as the machine gives them now. */
export function replay(transcript: string): string {
  const stage = new Stage();
  const stanzas = transcript.trimEnd().split(/\n\n+/);
  return `${stanzas.map((stanza) => {
    const input = stanza.split('\n----')[0]!.split('\n');
    const lines = input.filter((line) => !line.startsWith('#')).flatMap((line) => line.split(';')).map((line) => line.trim()).filter((line) => line.length > 0);
    if (lines.length === 0) return input.join('\n');
    const output = lines.flatMap((line) => stage.perform(line));
    return [...input, '----', ...output].join('\n');
  }).join('\n\n')}\n`;
}
