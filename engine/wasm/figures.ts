// Everything of the wasm engine that is no training: sampling, rows' thresholds and energies, log-partition. In a thread.
import { deriveKey } from '../../ebm/random/address.ts';
import { preActivationBound } from '../../ebm/partition/decay.ts';
import { exactLogPartition } from '../../ebm/partition/enumeration.ts';
import { bitAt, bytesOf } from '../../ebm/rbm/bits.ts';
import { negativeFreeEnergyOf } from '../../ebm/rbm/energy.ts';
import { visibleBiasSum, type Model } from '../../ebm/rbm/preactivation.ts';
import { annealTogether } from './annealing.ts';
import type { ExactCommand, LogPartitionCommand, RowsCommand, SampleCommand } from './commands.ts';
import type { PublishedLayout } from './layout.ts';
import { compileStep, hiddenSource, rowsOfLayer, sampleBlock, sumBlock, visibleSource, type Workplace } from './station.ts';
import { parametersOf } from './stepping.ts';

const ONE = 65536;

/** Rows [at, at + count) of a command, computed together. */
interface Portion { readonly at: number; readonly count: number }

function portions({ session }: Workplace, count: number): Portion[] {
  const { pass } = session.layout;
  return Array.from({ length: Math.ceil(count / pass) }, (_, index) => ({ at: index * pass, count: Math.min(pass, count - index * pass) }));
}

export function sampleChains(place: Workplace, command: SampleCommand): void {
  const { crew, session, kernels } = place;
  for (const portion of portions(place, command.chains.to - command.chains.from)) {
    const hiddenBytes = bytesOf(session.hidden);
    const visibleBytes = bytesOf(session.visible);
    const states = command.states + portion.at * hiddenBytes;
    const { hidden, visible } = session.layout;
    crew.barrier();
    crew.share(1, () => { kernels.copyBytes(states, hiddenBytes, hidden.bits, hidden.stride, hiddenBytes, portion.count); });
    for (let step = 0; step < command.steps; step += 1) {
      sampleVisible(place, command, portion, step);
      sampleHidden(place, command, portion, step);
    }
    crew.barrier();
    crew.share(2, (piece) => {
      if (piece === 0) kernels.copyBytes(hidden.bits, hidden.stride, states, hiddenBytes, hiddenBytes, portion.count);
      else kernels.copyBytes(visible.bits, visible.stride, command.rows + portion.at * visibleBytes, visibleBytes, visibleBytes, portion.count);
    });
  }
}

function sampleVisible(place: Workplace, command: SampleCommand, portion: Portion, step: number): void {
  const { crew, session } = place;
  const layer = session.layout.visible;
  const source = hiddenSource(place, command.published, rowsOfLayer(session.layout.hidden, 0, portion.count));
  const key = deriveKey(session.seed, command.purpose, command.branch);
  const draws = { key, firstId: command.chains.from + portion.at, halfStep: command.firstHalfStep + 2 * step, word3: command.word3 };
  const last = step === command.steps - 1;
  crew.barrier();
  crew.share(source.plan.groups.length, (index) => { compileStep(place, source, index); });
  crew.barrier();
  crew.share(layer.blocks, (block) => {
    const bias = command.published.visibleBias + 128 * block;
    const wide = sumBlock(place, source, block, bias);
    sampleBlock(place, { layer, block, bias, wide, from: 0, count: portion.count, draws, rows: layer, thresholdsFrom: last ? 0 : -1 });
    if (last) copyThresholds(place, { block, units: session.visible, count: portion.count, out: command.thresholds + 4 * session.visible * portion.at });
    if (command.mask !== 0) clampBlock(place, command, portion, { block, last });
  });
}

/** Clamped units take their values; their thresholds are reported as 0 or 65536. */
function clampBlock({ views, session }: Workplace, command: SampleCommand, portion: Portion, { block, last }: { readonly block: number; readonly last: boolean }): void {
  const { visible } = session;
  const layer = session.layout.visible;
  const rowBytes = bytesOf(visible);
  for (let row = 0; row < portion.count; row += 1) {
    const given = command.values + (portion.at + row) * rowBytes;
    const bits = layer.bits + row * layer.stride;
    const thresholds = (command.thresholds >>> 2) + (portion.at + row) * visible;
    for (let unit = 32 * block; unit < Math.min(visible, 32 * block + 32); unit += 1) {
      if (bitAt(views.u8, command.mask, unit) === 0) continue;
      const value = bitAt(views.u8, given, unit);
      const byte = bits + (unit >>> 3);
      views.u8[byte] = (views.u8[byte]! & ~(1 << (unit & 7))) | (value << (unit & 7));
      if (last) views.i32[thresholds + unit] = ONE * value;
    }
  }
}

function sampleHidden(place: Workplace, command: SampleCommand, portion: Portion, step: number): void {
  const { crew, session } = place;
  const layer = session.layout.hidden;
  const source = visibleSource(place, command.published, rowsOfLayer(session.layout.visible, 0, portion.count));
  const key = deriveKey(session.seed, command.purpose, command.branch);
  const draws = { key, firstId: command.chains.from + portion.at, halfStep: command.firstHalfStep + 2 * step + 1, word3: command.word3 };
  crew.barrier();
  crew.share(source.plan.groups.length, (index) => { compileStep(place, source, index); });
  crew.barrier();
  crew.share(layer.blocks, (block) => {
    const bias = command.published.hiddenBias + 128 * block;
    const wide = sumBlock(place, source, block, bias);
    sampleBlock(place, { layer, block, bias, wide, from: 0, count: portion.count, draws, rows: layer, thresholdsFrom: -1 });
  });
}

interface ThresholdRows { readonly block: number; readonly units: number; readonly count: number; readonly out: number }

/** From the scratch's halves of 16 to rows of all units. */
function copyThresholds({ kernels, scratch }: Workplace, { block, units, count, out }: ThresholdRows): void {
  for (let half = 0; half < 2; half += 1) {
    const unit = 32 * block + 16 * half;
    if (unit >= units) continue;
    kernels.copyRows(scratch.thresholds + half * scratch.thresholdStride, 64, out + 4 * unit, 4 * units, Math.min(16, units - unit), count);
  }
}

/** Hidden thresholds or negative free energies of packed rows. */
export function computeRows(place: Workplace, command: RowsCommand): void {
  const { crew, session, kernels } = place;
  const layer = session.layout.hidden;
  const { visible } = session.layout;
  const rowBytes = bytesOf(session.visible);
  for (const portion of portions(place, command.count)) {
    crew.barrier();
    crew.share(1, () => { kernels.copyBytes(command.rows + portion.at * rowBytes, rowBytes, visible.bits, visible.stride, rowBytes, portion.count); });
    const source = visibleSource(place, command.published, rowsOfLayer(session.layout.visible, 0, portion.count));
    crew.barrier();
    crew.share(source.plan.groups.length, (index) => { compileStep(place, source, index); });
    crew.barrier();
    crew.share(layer.blocks, (block) => {
      const bias = command.published.hiddenBias + 128 * block;
      const wide = sumBlock(place, source, block, bias);
      if (command.kind === 'thresholds') {
        sampleBlock(place, { layer, block, bias, wide, from: 0, count: portion.count, draws: null, rows: layer, thresholdsFrom: 0 });
        copyThresholds(place, { block, units: session.hidden, count: portion.count, out: command.out + 4 * session.hidden * portion.at });
      } else {
        const { sums, thresholds } = place.scratch;
        kernels.finishSums(sums, wide, bias, portion.count, thresholds);
        kernels.copyRows(thresholds, 128, command.inputs + 128 * block, 4 * session.hidden, Math.min(32, session.hidden - 32 * block), portion.count);
      }
    });
    if (command.kind === 'energies') computeEnergies(place, command, portion);
  }
}

function computeEnergies(place: Workplace, command: RowsCommand, portion: Portion): void {
  const { crew, session, views } = place;
  const model = modelOf(place, command.published, { branch: 0, version: 0 });
  const rowBytes = bytesOf(session.visible);
  crew.barrier();
  crew.share(portion.count, (row) => {
    const inputs = new Int32Array(views.buffer, command.inputs + 4 * session.hidden * row, session.hidden);
    const bits = new Uint8Array(views.buffer, command.rows + (portion.at + row) * rowBytes, rowBytes);
    views.f64[(command.out >>> 3) + portion.at + row] = negativeFreeEnergyOf(inputs, visibleBiasSum(model, bits), session.grid);
  });
}

function modelOf(place: Workplace, published: PublishedLayout, name: { readonly branch: number; readonly version: number }): Model {
  const { visible, hidden, grid } = place.session;
  return { visible, hidden, grid, parameters: parametersOf(place, published, name) };
}

/** Log-weights of annealed runs. */
export function annealRuns(place: Workplace, command: LogPartitionCommand): void {
  const { branch, version } = command;
  annealTogether(place, command, preActivationBound(modelOf(place, command.published, { branch, version })));
}

export function enumerate(place: Workplace, command: ExactCommand): void {
  if (place.crew.index !== 0) return;
  place.views.f64[command.out >>> 3] = exactLogPartition(modelOf(place, command.published, { branch: 0, version: 0 }));
}
