// state.bin and parameters.safetensors: what a checkpoint's two data files hold. Both have the layout of safetensors.ts.
// state.bin, format 1: the snapshot's arrays under their own names (one dimension each), everything else in the metadata as text.
// parameters.safetensors: float32 `weights` [visible, hidden], `visible_bias` [visible], `hidden_bias` [hidden], in nats, for any library.
import type { ComputedBy } from '../../proto/messages.ts';
import type { AnyPublished, PublishedModel, PublishedTensors, Snapshot } from './journal.ts';
import { decodeSafetensors, SafetensorsError, type Tensor, type TensorFile } from './safetensors.ts';

export const STATE_FORMAT_VERSION = 1;

const KIND = 'ebm-fleet state';

export type Reason = Snapshot['reason'];
const REASONS: readonly Reason[] = ['scheduled', 'signal', 'pause', 'final'];

export function isReason(value: unknown): value is Reason {
  return REASONS.some((reason) => reason === value);
}

/** What a file of this kind says of a version that is too new to be read. */
export class NewerFormatError extends Error {
  readonly version: number;
  constructor(version: number) {
    super(`it has format version ${version}, this program reads up to ${STATE_FORMAT_VERSION}`);
    this.version = version;
  }
}

export function stateFile(snapshot: Snapshot): TensorFile {
  const { formatVersion, update, branch, rollbacks, rateScale, reason, ledger, figure, computedBy, digests } = snapshot;
  const facts: Readonly<Record<string, unknown>> = {
    update, branch, rollbacks, rate_scale: rateScale, reason, ledger_lines: ledger.lines, ledger_head: ledger.head, figure,
    parameters_digest: digests?.parameters ?? null, chains_digest: digests?.chains ?? null,
    ...(computedBy === undefined ? {} : { computed_by: JSON.stringify(computedBy) }),
  };
  // Numbers as JSON writes them: the shortest text that reads back as the same float64.
  const metadata = Object.entries(facts).map(([key, value]): [string, string] => [key, typeof value === 'string' ? value : JSON.stringify(value)]);
  return {
    metadata: new Map([['kind', KIND], ['format_version', String(formatVersion)], ...metadata]),
    tensors: new Map([...snapshot.arrays].map(([name, data]): [string, Tensor] => [name, { shape: [data.length], data }])),
  };
}

/** Arrays are views of `bytes`. Throws SafetensorsError or NewerFormatError. */
export function parseState(bytes: Uint8Array): Snapshot {
  const { metadata, tensors } = decodeSafetensors(bytes);
  const text = (key: string): string => {
    const value = metadata.get(key);
    if (value === undefined) throw new SafetensorsError(`its metadata lacks ${key}`);
    return value;
  };
  const number = (key: string): number => {
    const value = Number(text(key));
    if (text(key).trim() === '' || !Number.isFinite(value)) throw new SafetensorsError(`its metadata has ${key} = ${JSON.stringify(text(key).slice(0, 40))}, which is not a number`);
    return value;
  };
  const whole = (key: string): number => {
    const value = number(key);
    if (!Number.isSafeInteger(value) || value < 0) throw new SafetensorsError(`its metadata has ${key} = ${value}, which is not a count`);
    return value;
  };
  if (metadata.get('kind') !== KIND) throw new SafetensorsError('it is not the state of a run');
  if (whole('format_version') > STATE_FORMAT_VERSION) throw new NewerFormatError(whole('format_version'));
  const reason = text('reason');
  if (!isReason(reason)) throw new SafetensorsError(`its reason ${JSON.stringify(reason.slice(0, 40))} is unknown`);
  const orNull = (key: string): string | null => text(key) === 'null' ? null : text(key);
  const parameters = orNull('parameters_digest');
  return {
    formatVersion: STATE_FORMAT_VERSION,
    update: whole('update'), branch: whole('branch'), rollbacks: whole('rollbacks'), rateScale: number('rate_scale'), reason,
    arrays: new Map([...tensors].map(([name, { data }]) => [name, data])),
    ledger: { lines: whole('ledger_lines'), head: text('ledger_head') },
    figure: orNull('figure') === null ? null : number('figure'),
    ...(metadata.has('computed_by') ? { computedBy: classesOf(text('computed_by')) } : {}),
    ...(parameters === null ? {} : { digests: { parameters, chains: orNull('chains_digest') } }),
  };
}

/** Throws SafetensorsError. */
function classesOf(text: string): readonly ComputedBy[] {
  const wrong = (): never => { throw new SafetensorsError('its metadata has a computed_by that is no list of engines and device classes'); };
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return wrong();
  }
  return (Array.isArray(found) ? found : wrong()).map((one: unknown) => {
    const { version, deviceClass } = typeof one === 'object' && one !== null ? one as Readonly<Record<string, unknown>> : {};
    return typeof version === 'string' && typeof deviceClass === 'string' ? { version, deviceClass } : wrong();
  });
}

/** `grid`: the parameters are multiples of 2^-grid nats; `source`: who wrote it, and of which update. */
export function modelFile(model: AnyPublished, grid: number, source: { readonly update: number; readonly branch: number }): TensorFile {
  if ('kind' in model) return tensorsFile(model, source);
  const { weights, visibleBias, hiddenBias, visible, hidden } = model;
  return {
    metadata: new Map(Object.entries({
      written_by: 'ebm-fleet', format_version: '1', model: 'bernoulli-rbm', units: 'nats', grid: String(grid),
      shapes: 'weights [visible, hidden], visible_bias [visible], hidden_bias [hidden]',
      energy: 'E(v, h) = -v.visible_bias - h.hidden_bias - v.weights.h',
      update: String(source.update), branch: String(source.branch),
    })),
    tensors: new Map<string, Tensor>([
      ['weights', { shape: [visible, hidden], data: weights }],
      ['visible_bias', { shape: [visible], data: visibleBias }],
      ['hidden_bias', { shape: [hidden], data: hiddenBias }],
    ]),
  };
}

function tensorsFile({ tensors, model, settings }: PublishedTensors, source: { readonly update: number; readonly branch: number }): TensorFile {
  return {
    metadata: new Map(Object.entries({
      written_by: 'ebm-fleet', format_version: '1', model, units: 'nats', [model]: settings, update: String(source.update), branch: String(source.branch),
    })),
    tensors,
  };
}

/** Throws SafetensorsError. */
export function parseModel(bytes: Uint8Array): AnyPublished {
  const { tensors, metadata } = decodeSafetensors(bytes);
  const model = metadata.get('model');
  if (model === 'energy' || model === 'score') return parseTensors(tensors, { model, settings: metadata.get(model) ?? '{}' });
  return parseBoltzmann(tensors);
}

function parseTensors(tensors: ReadonlyMap<string, Tensor>, of: Pick<PublishedTensors, 'model' | 'settings'>): PublishedTensors {
  const floats = new Map<string, { readonly shape: readonly number[]; readonly data: Float32Array }>();
  for (const [name, { shape, data }] of tensors) {
    if (!(data instanceof Float32Array)) throw new SafetensorsError(`its array ${name} must be F32`);
    floats.set(name, { shape, data });
  }
  return { kind: 'tensors', tensors: floats, ...of };
}

function parseBoltzmann(tensors: ReadonlyMap<string, Tensor>): PublishedModel {
  const floats = (name: string, dimensions: number): { readonly shape: readonly number[]; readonly data: Float32Array } => {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new SafetensorsError(`it lacks the array ${name}`);
    if (!(tensor.data instanceof Float32Array) || tensor.shape.length !== dimensions) throw new SafetensorsError(`its array ${name} must be F32 with ${dimensions} dimensions`);
    return { shape: tensor.shape, data: tensor.data };
  };
  const weights = floats('weights', 2);
  const [visible, hidden] = weights.shape as [number, number];
  const bias = (name: string, units: number): Float32Array => {
    const { data } = floats(name, 1);
    if (data.length !== units) throw new SafetensorsError(`its array ${name} has ${data.length} elements, its weights are [${visible}, ${hidden}]`);
    return data;
  };
  return { weights: weights.data, visibleBias: bias('visible_bias', visible), hiddenBias: bias('hidden_bias', hidden), visible, hidden };
}
