// What piscina runs in each thread of a continuous engine: TensorFlow.js opened once, sessions by number, one call after the other.
import type { ContinuousEngine, ContinuousProblem, ContinuousSampleUnit, ContinuousSession, FloatRows } from '../continuous.ts';
import type { UpdateUnit } from '../engine.ts';
import { openTfjsContinuous } from '../tfjs/engine.ts';

export type ContinuousCall =
  | { readonly kind: 'open' }
  | { readonly kind: 'load'; readonly session: number; readonly problem: ContinuousProblem }
  | { readonly kind: 'evaluate'; readonly session: number; readonly unit: UpdateUnit; readonly parameters: Float32Array; readonly slots: Uint32Array; readonly states: Float32Array }
  | { readonly kind: 'sample'; readonly session: number; readonly unit: ContinuousSampleUnit }
  | { readonly kind: 'energies' | 'scores'; readonly session: number; readonly parameters: Float32Array; readonly rows: FloatRows }
  | { readonly kind: 'close'; readonly session: number };

let engine: Promise<ContinuousEngine> | null = null; // of this thread: piscina keeps the module
const sessions = new Map<number, ContinuousSession>();

export default async function answer(call: ContinuousCall): Promise<unknown> {
  engine ??= openTfjsContinuous({ backend: 'wasm' });
  const opened = await engine;
  if (call.kind === 'open') return opened.fingerprint();
  if (call.kind === 'load') {
    const session = await opened.load(call.problem);
    sessions.set(call.session, session);
    return { layout: session.layout, observations: session.observations };
  }
  const session = sessions.get(call.session);
  if (session === undefined) throw new Error(`this thread has no session ${call.session}`);
  return answerIn(session, call);
}

async function answerIn(session: ContinuousSession, call: Exclude<ContinuousCall, { readonly kind: 'open' | 'load' }>): Promise<unknown> {
  switch (call.kind) {
    case 'evaluate': return session.evaluate(call.unit, call.parameters, { slots: call.slots, states: call.states });
    case 'sample': {
      const { accepted } = await session.sample(call.unit);
      return { accepted, states: call.unit.states };
    }
    case 'energies': return session.energies(call.parameters, call.rows);
    case 'scores': return session.scores(call.parameters, call.rows);
    case 'close':
      sessions.delete(call.session);
      return session.close();
  }
}
