// How the garbage collector of a process is told to take its time. A role moves megabytes a second through buffers that live for milliseconds,
// beside a heap of a few MB; by V8's own rule the old generation is then collected every few updates, which cost a cluster's coordinator of
// 100-row updates more than half of its CPU time, and a run in one process twice a second some 12 ms. Collections of the young generation free
// these buffers as well, for a tenth of it.
import { setFlagsFromString } from 'node:v8';

/** The old generation may grow to five times what survived its last collection. */
const GROWING_PERCENT = 400;

/** For the main thread of a process, before its heap has grown. Not for a library: the process is its user's. */
export function letHeapGrow(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWING_PERCENT}`);
}
