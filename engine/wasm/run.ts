// Runs commands in one thread of the crew: keeps the open sessions and hands each command to the file that computes it.
import { thresholdTable, type ThresholdTable } from '../../ebm/rbm/thresholds.ts';
import type { Crew } from '../pool/control.ts';
import type { ApplyCommand, Command, Envelope, SessionPlan } from './commands.ts';
import { addSums, evaluateUnit } from './evaluate.ts';
import { encodeVersion } from './encoding.ts';
import { decodeVersion, packSums, tallyFactors, unpackSums } from './exchange.ts';
import { annealRuns, computeRows, enumerate, sampleChains } from './figures.ts';
import { instantiate } from './kernels.ts';
import { SharedViews } from './memory.ts';
import type { Station, Workplace } from './station.ts';
import { adoptVersion, applyStep, publishVersion } from './stepping.ts';

/** Executes commands until one says stop; the crew's pool calls it once in each thread. */
export function runCommands(crew: Crew, memory: WebAssembly.Memory, module: WebAssembly.Module): void {
  const execute = openRunner({ crew, views: new SharedViews(memory), kernels: instantiate(module, memory) });
  for (let text = crew.next(); text !== null; text = crew.next()) {
    if (!execute(JSON.parse(text) as Envelope)) return;
    crew.finish();
  }
}

/** A function that executes one command, and returns false for the last one. */
export function openRunner(station: Station): (envelope: Envelope) => boolean {
  const places = new Map<number, Workplace>();
  return ({ command, memoryBytes }) => {
    station.views.refresh(memoryBytes);
    if (command.kind === 'stop') return false;
    if (command.kind === 'open') places.set(command.session.id, openPlace(station, command.session));
    else if (command.kind === 'close') places.delete(command.session);
    else compute(places.get(command.session)!, command);
    return true;
  };
}

function openPlace(station: Station, session: SessionPlan): Workplace {
  let table: ThresholdTable | null = null;
  // every thread writes the same bytes
  station.kernels.fillPacking(session.layout.packing);
  station.kernels.fillSpreading(session.layout.spreading);
  return { ...station, session, scratch: session.layout.scratch[station.crew.index]!, thresholdTable: () => (table ??= thresholdTable(session.grid)) };
}

/** What comes after each part reads what all have added. */
function finishSums(place: Workplace, { unpack, tally }: ApplyCommand): void {
  for (const part of unpack) {
    unpackSums(place, part);
    place.crew.barrier();
  }
  if (tally === null) return;
  tallyFactors(place, tally);
  place.crew.barrier();
}

type Computing = Exclude<Command, { readonly kind: 'open' | 'close' | 'stop' }>;

function compute(place: Workplace, command: Computing): void {
  switch (command.kind) {
    case 'evaluate': evaluateUnit(place, command); break;
    case 'apply':
      finishSums(place, command);
      applyStep(place, command);
      break;
    case 'add': addSums(place, command); break;
    case 'tally': tallyFactors(place, command); break;
    case 'pack': packSums(place, command); break;
    case 'unpack': unpackSums(place, command); break;
    case 'encode': encodeVersion(place, command); break;
    case 'decode': decodeVersion(place, command); break;
    case 'adopt': adoptVersion(place, command); break;
    case 'publish': publishVersion(place, command); break;
    case 'sample': sampleChains(place, command); break;
    case 'thresholds':
    case 'energies': computeRows(place, command); break;
    case 'log-partition': annealRuns(place, command); break;
    case 'exact': enumerate(place, command); break;
  }
}
