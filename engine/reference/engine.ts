// The reference engine: the mathematics of ebm/ in plain loops, one sample at a time, obviously right and slow. It is the oracle of
// the other engines, and what remains where WebAssembly does not run. It owns its session's arrays and nothing else.
import type { Engine, EngineFingerprint, Problem, Session } from '../engine.ts';
import { openSession } from './session.ts';

/** The rules of EXACT.md that this code follows; a change of bits is a new number. */
const VERSION = 'reference/1';

export function openReferenceEngine(): Engine {
  return {
    fingerprint: (): EngineFingerprint => ({ name: 'reference', version: VERSION, deviceClass: 'javascript', threads: 1 }),
    load: (problem: Problem): Promise<Session> => Promise.resolve().then(() => openSession(problem)),
    close: () => Promise.resolve(),
  };
}
