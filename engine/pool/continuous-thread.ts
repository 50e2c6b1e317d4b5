// What piscina runs in each thread of a continuous engine: TensorFlow.js opened once, sessions by number, one call after the other.
import { Piscina } from 'piscina';
import type { ContinuousAnnealingUnit, ContinuousContribution, ContinuousProblem, ContinuousSampleUnit, ContinuousSession, FloatRows } from '../continuous.ts';
import type { EngineFingerprint, UpdateUnit } from '../engine.ts';
import type { DeviceEngine } from '../tfjs/continuous-engine.ts';
import type { Location } from '../tfjs/loading.ts';

/** Which library a thread computes with. Each is loaded where it is used alone: two copies of TensorFlow.js in a thread would share what is global. */
export type ContinuousLibrary = { readonly kind: 'wasm' } | { readonly kind: 'tensorflow'; readonly location: Location };

/** The answer to `open`. */
export interface Opened { readonly fingerprint: EngineFingerprint; readonly isUsingGpu: boolean }

export type ContinuousCall =
  | { readonly kind: 'open'; readonly library: ContinuousLibrary }
  | { readonly kind: 'tensors' }
  | { readonly kind: 'load'; readonly session: number; readonly problem: ContinuousProblem }
  | { readonly kind: 'evaluate'; readonly session: number; readonly unit: UpdateUnit; readonly parameters: Float32Array; readonly slots: Uint32Array; readonly states: Float32Array }
  | { readonly kind: 'sample'; readonly session: number; readonly unit: ContinuousSampleUnit }
  | { readonly kind: 'log-weights'; readonly session: number; readonly unit: ContinuousAnnealingUnit }
  | { readonly kind: 'energies'; readonly session: number; readonly parameters: Float32Array; readonly rows: FloatRows }
  | { readonly kind: 'scores'; readonly session: number; readonly parameters: Float32Array; readonly rows: FloatRows; readonly sigma: number | undefined }
  | { readonly kind: 'slopes'; readonly session: number; readonly parameters: Float32Array; readonly rows: FloatRows; readonly along: { readonly sigma: number; readonly directions: Float32Array } }
  | { readonly kind: 'close'; readonly session: number };

let engine: DeviceEngine | null = null; // of this thread: piscina keeps the module
const sessions = new Map<number, ContinuousSession>();

export default async function answer(call: ContinuousCall): Promise<unknown> {
  if (call.kind === 'open') {
    engine = await openLibrary(call.library);
    return { fingerprint: engine.fingerprint(), isUsingGpu: engine.isUsingGpu } satisfies Opened;
  }
  if (engine === null) throw new Error('this thread has no engine yet');
  if (call.kind === 'tensors') return engine.tensors();
  if (call.kind === 'load') {
    const session = await engine.load(call.problem);
    sessions.set(call.session, session);
    return { layout: session.layout, observations: session.observations };
  }
  const session = sessions.get(call.session);
  if (session === undefined) throw new Error(`this thread has no session ${call.session}`);
  return answerIn(session, call);
}

async function openLibrary(library: ContinuousLibrary): Promise<DeviceEngine> {
  if (library.kind === 'tensorflow') return (await import('../tfjs/native.ts')).openNative(library.location);
  return (await import('../tfjs/engine.ts')).openTfjsContinuous({ backend: 'wasm' });
}

/** Handed over and not copied: two sums of 64 bits for each parameter, which this thread needs no longer. */
function moved(contribution: ContinuousContribution): unknown {
  const { gradient, observed, states } = contribution;
  const buffers = [gradient.low, gradient.high, observed.low, observed.high, states].flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
  return Piscina.move({ [Piscina.transferableSymbol]: buffers, [Piscina.valueSymbol]: contribution } as unknown as ArrayBuffer); // by Piscina's protocol, which its types do not have
}

async function answerIn(session: ContinuousSession, call: Exclude<ContinuousCall, { readonly kind: 'open' | 'tensors' | 'load' }>): Promise<unknown> {
  switch (call.kind) {
    case 'evaluate': return moved(await session.evaluate(call.unit, call.parameters, { slots: call.slots, states: call.states }));
    case 'sample': {
      const { accepted } = await session.sample(call.unit);
      return { accepted, states: call.unit.states };
    }
    case 'log-weights': return session.logWeights(call.unit);
    case 'energies': return session.energies(call.parameters, call.rows);
    case 'scores': return session.scores(call.parameters, call.rows, call.sigma);
    case 'slopes': return session.slopes(call.parameters, call.rows, call.along);
    case 'close':
      sessions.delete(call.session);
      return session.close();
  }
}
