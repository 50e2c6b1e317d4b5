// The thread's side of the tensorflow engine: its sessions, the versions that are on the device, and one command at a time. The only place where
// the library is called.
import type { Problem } from '../engine.ts';
import type { Answer, Executor } from '../pool/solo.ts';
import type { Answers, Command, ModelReference, Opening } from './commands.ts';
import { Device } from './device.ts';
import { Gibbs, type DeviceModel } from './gibbs.ts';
import { loadTensorFlow } from './loading.ts';
import { sampleUnit, thresholdsOfRows } from './sampling.ts';
import { FactorsSink, SumsSink } from './statistics.ts';
import { walkUnit } from './unit.ts';

/** What the thread's loop calls (engine/pool/solo-thread.ts). */
export function open(given: unknown): Executor {
  const backend = loadTensorFlow((given as Opening).location).backend();
  const station = new Station(new Device(backend.binding), { version: backend.binding.TF_Version, isUsingGpu: backend.isUsingGpuDevice });
  return (command) => answered(station.execute(command as Command));
}

class Station {
  readonly #device: Device;
  readonly #library: { readonly version: string; readonly isUsingGpu: boolean };
  readonly #sessions = new Map<number, StationSession>();

  constructor(device: Device, library: { readonly version: string; readonly isUsingGpu: boolean }) {
    this.#device = device;
    this.#library = library;
  }

  execute(command: Command): Answers[Command['kind']] {
    switch (command.kind) {
      case 'describe': return { ...this.#library, tensors: this.#device.tensors };
      case 'open':
        this.#sessions.set(command.session, new StationSession(new Gibbs(this.#device, command.problem), command.problem));
        return null;
      case 'close':
        this.#sessions.get(command.session)?.close();
        this.#sessions.delete(command.session);
        return null;
      case 'evaluate':
      case 'factors':
      case 'sample':
      case 'thresholds': {
        const session = this.#sessions.get(command.session);
        if (session === undefined) throw new Error(`the tensorflow engine's thread has no session ${command.session}`);
        return session.compute(command);
      }
    }
  }
}

type Computation = Exclude<Command, { readonly kind: 'describe' | 'open' | 'close' }>;

class StationSession {
  readonly #gibbs: Gibbs;
  readonly #problem: Problem;
  readonly #models = new Map<number, DeviceModel>();

  constructor(gibbs: Gibbs, problem: Problem) {
    this.#gibbs = gibbs;
    this.#problem = problem;
  }

  compute(command: Computation): Answers[Computation['kind']] {
    const gibbs = this.#gibbs;
    const problem = this.#problem;
    const model = this.#modelOf(command.model);
    switch (command.kind) {
      case 'evaluate': {
        const { unit, chains, sums } = command;
        const sink = new SumsSink(gibbs.device, problem, sums);
        try {
          return gibbs.device.within(() => {
            const advanced = walkUnit({ gibbs, problem, unit, model, sink }, chains);
            sink.finish();
            return advanced;
          });
        } finally {
          sink.close();
        }
      }
      case 'factors': {
        const { unit, chains } = command;
        const sink = new FactorsSink(gibbs.device, problem, { data: unit.data.to - unit.data.from, model: unit.chains.to - unit.chains.from });
        const advanced = walkUnit({ gibbs, problem, unit, model, sink }, chains);
        return { factors: sink.finish(), chains: advanced };
      }
      case 'sample': return sampleUnit(gibbs, problem, model, command.unit);
      case 'thresholds': return thresholdsOfRows(gibbs, problem, model, command.rows);
    }
  }

  close(): void {
    for (const model of this.#models.values()) this.#gibbs.free(model);
    this.#models.clear();
    this.#gibbs.close();
  }

  #modelOf({ number, content, dropped }: ModelReference): DeviceModel {
    for (const old of dropped) {
      const model = this.#models.get(old);
      if (model !== undefined) this.#gibbs.free(model);
      this.#models.delete(old);
    }
    let model = this.#models.get(number);
    if (model === undefined) {
      if (content === null) throw new Error(`version number ${number} is not on the device`);
      model = this.#gibbs.toDevice(content);
      this.#models.set(number, model);
    }
    return model;
  }
}

/** An answer's arrays are moved, not copied. */
function answered(value: Answers[Command['kind']]): Answer {
  const buffers = new Set<ArrayBuffer>();
  const gather = (part: unknown): void => {
    if (ArrayBuffer.isView(part)) {
      if (part.buffer instanceof ArrayBuffer) buffers.add(part.buffer);
    } else if (typeof part === 'object' && part !== null) {
      for (const each of Object.values(part)) gather(each);
    }
  };
  gather(value);
  return { value, moved: [...buffers] };
}
