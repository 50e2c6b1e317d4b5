// A session of the tensorflow engine, on the owner's side. The Gibbs chain and its statistics are TensorFlow's, in its thread. All else (the step,
// publishing, what travels, figures) is the wasm engine's, whose bits are the same and whose kernels are made for it: adr/0012.
import { bytesOf } from '../../ebm/rbm/bits.ts';
import type { Parameters, TrainingState } from '../../ebm/rbm/parameters.ts';
import { assertUnit, rowCount } from '../checks.ts';
import type {
  ApplyOutcome, Contribution, FactorContribution, Problem, SampleResult, SampleUnit, Session, UpdateUnit,
} from '../engine.ts';
import type { Solo } from '../pool/solo.ts';
import type { WasmSession } from '../wasm/session.ts';
import type { Answers, Command, ModelReference } from './commands.ts';

/** Versions on the device at a time: two that updates use, one that is being measured, and one that came over a wire. */
const MODELS_MAX = 4;

export class TensorflowSession implements Session {
  readonly publishedMax: number;
  readonly #problem: Problem;
  readonly #wasm: WasmSession;
  readonly #solo: Solo;
  readonly #id: number;
  /** Numbers of versions, by where they lie; a place that is written anew has a new number. */
  readonly #numbers = new Map<number, number>();
  /** Numbers on the device, the latest used last. */
  readonly #onDevice: number[] = [];
  #versions = 0;
  #closed: Promise<void> | null = null;
  readonly createState = (): TrainingState => this.#wasm.createState();
  readonly tally: Session['tally'] = (factors, into) => this.#wasm.tally(factors, into);
  readonly pack: Session['pack'] = (contribution) => this.#wasm.pack(contribution);
  readonly addPacked: Session['addPacked'] = (packed, into) => this.#wasm.addPacked(packed, into);
  readonly difference: Session['difference'] = (base, next) => this.#wasm.difference(base, next);
  readonly release: Session['release'] = (contribution) => { this.#wasm.release(contribution); };
  readonly giveUp = (): void => { this.#wasm.giveUp(); };
  readonly logPartition: Session['logPartition'] = (unit) => this.#wasm.logPartition(unit);
  readonly negativeFreeEnergies: Session['negativeFreeEnergies'] = (parameters, rows) => this.#wasm.negativeFreeEnergies(parameters, rows);
  readonly exactLogPartition: Session['exactLogPartition'] = (parameters) => this.#wasm.exactLogPartition(parameters);
  readonly adoptDifference: Session['adoptDifference'] = async (base, difference, next) => {
    const adopted = await this.#wasm.adoptDifference(base, difference, next);
    return adopted === null ? null : this.#number(adopted);
  };
  readonly publish: Session['publish'] = async (masters, branch, version) => this.#published(await this.#wasm.publish(masters, branch, version));
  readonly apply: Session['apply'] = async (state, sums, step) => this.#published(await this.#wasm.apply(state, sums, step));

  static async open(parts: { readonly solo: Solo; readonly wasm: WasmSession }, problem: Problem, id: number): Promise<TensorflowSession> {
    const session = new TensorflowSession(parts, problem, id);
    await session.#ask({ kind: 'open', session: id, problem });
    return session;
  }

  private constructor({ solo, wasm }: { readonly solo: Solo; readonly wasm: WasmSession }, problem: Problem, id: number) {
    this.#solo = solo;
    this.#wasm = wasm;
    this.#problem = problem;
    this.#id = id;
    this.publishedMax = wasm.publishedMax;
  }

  async adopt(parameters: Parameters): Promise<Parameters> {
    const adopted = await this.#wasm.adopt(parameters);
    return adopted === parameters ? parameters : this.#number(adopted);
  }

  async evaluate(unit: UpdateUnit, parameters: Parameters, chains: Uint8Array): Promise<Contribution> {
    assertUnit(this.#problem, unit, parameters, chains);
    this.#wasm.assertHeld(parameters);
    const lent = this.#wasm.lend({ data: unit.data.to - unit.data.from, model: unit.chains.to - unit.chains.from });
    try {
      const advanced = await this.#ask({ kind: 'evaluate', session: this.#id, model: this.#reference(parameters), unit, chains: this.#chainsOf(chains), sums: lent.sums });
      return { sums: lent.sums, chains: advanced };
    } catch (error) {
      this.#wasm.release(lent);
      throw error;
    }
  }

  async evaluateFactors(unit: UpdateUnit, parameters: Parameters, chains: Uint8Array): Promise<FactorContribution> {
    assertUnit(this.#problem, unit, parameters, chains);
    return this.#ask({ kind: 'factors', session: this.#id, model: this.#reference(parameters), unit, chains: this.#chainsOf(chains) });
  }

  async sample({ parameters, ...unit }: SampleUnit): Promise<SampleResult> {
    const { hidden } = this.#problem;
    const count = unit.chains.to - unit.chains.from;
    if (unit.steps < 1) throw new RangeError(`a sample unit needs at least one step, got ${unit.steps}`);
    if (unit.states.length !== count * bytesOf(hidden)) throw new RangeError(`the unit's states are ${count * bytesOf(hidden)} bytes, given ${unit.states.length}`);
    const { states, ...result } = await this.#ask({ kind: 'sample', session: this.#id, model: this.#reference(parameters), unit });
    unit.states.set(states);
    return { ...result, states: unit.states };
  }

  async hiddenThresholds(parameters: Parameters, rows: Uint8Array): Promise<Int32Array> {
    rowCount(rows, this.#problem.visible);
    return this.#ask({ kind: 'thresholds', session: this.#id, model: this.#reference(parameters), rows });
  }

  close(): Promise<void> {
    this.#closed ??= this.#solo.ask({ kind: 'close', session: this.#id } satisfies Command).then(() => this.#wasm.close(), async (error: unknown) => {
      await this.#wasm.close();
      throw error;
    });
    return this.#closed;
  }

  #ask<Asked extends Command>(command: Asked): Promise<Answers[Asked['kind']]> {
    if (this.#closed !== null) return Promise.reject(new Error('this session of the tensorflow engine is closed'));
    return this.#solo.ask(command) as Promise<Answers[Asked['kind']]>;
  }

  /** Chains of cd start from the data. */
  #chainsOf(chains: Uint8Array): Uint8Array {
    return this.#problem.objective === 'cd' ? new Uint8Array(0) : chains;
  }

  #published(outcome: ApplyOutcome): ApplyOutcome {
    if (outcome.kind === 'applied') this.#number(outcome.published);
    return outcome;
  }

  /** A version that was just made, where perhaps an older one lay. */
  #number(parameters: Parameters): Parameters {
    this.#versions += 1;
    this.#numbers.set(parameters.visibleBias.byteOffset, this.#versions);
    return parameters;
  }

  /** How a version is named to the thread. The command that carries the reference is sent before the next one is made. */
  #reference(parameters: Parameters): ModelReference {
    this.#wasm.assertHeld(parameters);
    const number = this.#numbers.get(parameters.visibleBias.byteOffset)!;
    const at = this.#onDevice.indexOf(number);
    if (at >= 0) this.#onDevice.splice(at, 1);
    const dropped = at < 0 && this.#onDevice.length === MODELS_MAX ? [this.#onDevice.shift()!] : [];
    this.#onDevice.push(number);
    const { weights, visibleBias, hiddenBias } = parameters;
    return { number, content: at >= 0 ? null : { weights, visibleBias: visibleBias.slice(), hiddenBias: hiddenBias.slice() }, dropped };
  }
}
