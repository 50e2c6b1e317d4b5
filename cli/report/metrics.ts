// Reads the lines of metrics.jsonl into curves: which fields are drawn, what each means, and what a rollback or a resume does to a curve.
// Lines are read leniently, since a report must open for a run of any age: what is not a finite number is not drawn.
export type MetricsLine = Readonly<Record<string, unknown>>;

export interface Metric {
  /** Field of a line; also the chart's id. */
  readonly field: string;
  readonly title: string;
  readonly unit: string;
  /** What it says, and what to look out for. */
  readonly meaning: string;
  /** Whether the axis starts at 0. */
  readonly fromZero: boolean;
  /** A value to compare with, drawn as a line. */
  readonly reference: number | null;
}

/** The fields that become curves, in the order of the report. */
export const METRICS: readonly Metric[] = [
  { field: 'energyGap', title: 'Energy gap', unit: 'nats', fromZero: false, reference: 0,
    meaning: 'Mean energy of the data phase minus that of the model phase. Near 0 for a model in balance; strongly negative means that the chains have not reached what the model believes in.' },
  { field: 'reconstructionError', title: 'Reconstruction error', unit: 'per unit', fromZero: false, reference: null,
    meaning: 'How far one step down and up lands from the data. Cheap, and no measure of likelihood; shown for those who are used to it.' },
  { field: 'flipRate', title: 'Flip rate of the chains', unit: 'share of hidden bits', fromZero: true, reference: null,
    meaning: 'Share of hidden bits of the chains that an update changes. Near 0: the chains are frozen.' },
  { field: 'rHat', title: 'Split R-hat of the chains', unit: 'ratio', fromZero: false, reference: 1,
    meaning: 'Agreement of the chains with each other. 1 is perfect; far above 1 says that they disagree.' },
  { field: 'chainEss', title: 'Effective sample size of the chains', unit: 'samples', fromZero: true, reference: null,
    meaning: 'How many independent samples the chains of a window are worth.' },
  { field: 'samplesPerSecond', title: 'Rate', unit: 'samples/s', fromZero: true, reference: null,
    meaning: 'Training rows a second. It depends on the machine and on what else it does; it has no effect on the result.' },
  { field: 'learningRate', title: 'Learning rate', unit: '', fromZero: true, reference: null,
    meaning: 'Step size by the schedule; every rollback halves it.' },
  { field: 'weightNorm', title: 'Norm of the weights', unit: 'nats', fromZero: true, reference: null,
    meaning: 'Root of the sum of squares of all weights. It levels off in a run that comes to rest.' },
];

const CONTINUOUS_OWN: readonly Metric[] = [
  { field: 'loss', title: 'Loss', unit: '', fromZero: false, reference: null,
    meaning: 'Mean of the objective over an update\'s rows. Lower is better, among runs with the same objective and the same noise; its least value is not 0, and it is no likelihood.' },
  { field: 'dataEnergy', title: 'Energy of the data', unit: 'nats', fromZero: false, reference: null,
    meaning: 'Mean energy of an update\'s rows. Energies are known up to a constant: drifting up or down says nothing, running away says that the energy is not held.' },
  { field: 'modelEnergy', title: 'Energy of the chains', unit: 'nats', fromZero: false, reference: null,
    meaning: 'Mean energy of the chains after their steps; to be compared with that of the data.' },
  { field: 'noiseEnergy', title: 'Energy of the noise', unit: 'nats', fromZero: false, reference: null,
    meaning: 'Mean energy of the noise rows that the data are told from; higher than that of the data in a model that has learned.' },
  { field: 'acceptance', title: 'Acceptance', unit: 'share of steps', fromZero: true, reference: null,
    meaning: 'Share of the sampler\'s proposals that were accepted. Near 0: the steps are too large, and the chains stand still.' },
  { field: 'restarts', title: 'Restarts', unit: 'chains', fromZero: true, reference: null,
    meaning: 'Chains of the update that began anew.' },
];

/** The same for an energy over real vectors. */
export const CONTINUOUS_METRICS: readonly Metric[] = [
  { ...METRICS[0]!, meaning: 'Mean energy of the data minus that of the chains. Near 0 for a model in balance; strongly negative means that the chains have not reached where the model has its mass.' },
  ...CONTINUOUS_OWN,
  ...METRICS.filter(({ field }) => field === 'rHat' || field === 'chainEss').map((metric) => ({ ...metric, meaning: `${metric.meaning} Of the mean of a chain's numbers; a chain that begins anew counts as one that moves far.` })),
  ...METRICS.filter(({ field }) => field === 'samplesPerSecond' || field === 'learningRate'),
  { field: 'weightNorm', title: 'Norm of the parameters', unit: '', fromZero: true, reference: null,
    meaning: 'Root of the sum of squares of all parameters. It levels off in a run that comes to rest.' },
];

/** A measured value. `low` and `high` are ends of its error bar, null if there is none. */
export interface Point {
  readonly update: number;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** False for a figure that must not be relied on; drawn hollow. */
  readonly sound: boolean;
}

/** `segments` are what led to the final parameters, one a branch; `abandoned` is what rollbacks threw away. */
export interface Curve {
  readonly name: string;
  readonly segments: readonly (readonly Point[])[];
  readonly abandoned: readonly (readonly Point[])[];
}

export interface Mark {
  readonly kind: 'rollback' | 'resume';
  readonly update: number;
}

export function finiteNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A field of an object that may be no object, or have no such field. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

interface Placed { readonly point: Point; readonly segment: number }

/** Removes and returns the points for which `goes` holds, counted from the end. */
function cutTail(points: Placed[], goes: (point: Point) => boolean): Placed[] {
  let length = points.length;
  while (length > 0 && goes(points[length - 1]!.point)) length -= 1;
  return points.splice(length);
}

function bySegment(points: readonly Placed[]): Point[][] {
  const segments = new Map<number, Point[]>();
  for (const { point, segment } of points) {
    const members = segments.get(segment) ?? [];
    members.push(point);
    segments.set(segment, members);
  }
  return [...segments.values()];
}

/**
 * The curve of what `read` finds in each line. A line of kind `rollback` { to, branch }, or a line of another branch, abandons the points
 * after its update; a line of the same branch that goes back (a resumed run computing again) replaces them.
 */
export function readCurve(name: string, lines: readonly MetricsLine[], read: (line: MetricsLine) => Point | null): Curve {
  const kept: Placed[] = [];
  const abandoned: Placed[] = [];
  let branch: number | null = null;
  let segment = 0;
  const abandon = (goes: (point: Point) => boolean): void => {
    segment += 1;
    for (const { point } of cutTail(kept, goes)) abandoned.push({ point, segment });
  };
  for (const line of lines) {
    const lineBranch = finiteNumber(line['branch']);
    const update = finiteNumber(line['update']);
    const to = line['kind'] === 'rollback' ? finiteNumber(line['to']) : null;
    if (to !== null) abandon((point) => point.update > to);
    else if (lineBranch !== null && branch !== null && lineBranch !== branch && update !== null) abandon((point) => point.update >= update);
    branch = lineBranch ?? branch;
    const point = to === null ? read(line) : null;
    if (point === null) continue;
    cutTail(kept, (earlier) => earlier.update >= point.update);
    kept.push({ point, segment });
  }
  return { name, segments: bySegment(kept), abandoned: bySegment(abandoned) };
}

/** Reads one of METRICS from a line. */
export function readMetric(field: string): (line: MetricsLine) => Point | null {
  return (line) => {
    const update = finiteNumber(line['update']);
    const value = finiteNumber(line[field]);
    return update === null || value === null ? null : { update, value, low: null, high: null, sound: true };
  };
}

/** Reads `testLogLikelihood` (or another field of its shape) from a line: one of its figures, with the error of annealing for AIS. */
export function readLikelihood(field: string, figure: 'ais' | 'raise' | 'exact'): (line: MetricsLine) => Point | null {
  return (line) => {
    const update = finiteNumber(line['update']);
    const value = finiteNumber(fieldOf(line[field], figure));
    if (update === null || value === null) return null;
    if (figure !== 'ais') return { update, value, low: null, high: null, sound: true };
    const error = finiteNumber(fieldOf(line['standardErrors'], 'annealing')) ?? finiteNumber(fieldOf(line['logPartition'], 'standardError'));
    const sound = fieldOf(line[field], 'reliable') !== false;
    return { update, value, low: error === null ? null : value - error, high: error === null ? null : value + error, sound };
  };
}

/** Where the run fell back or went on, in the order of the lines; said by lines of kind `rollback` and `resumed`, else seen from the numbers. */
export function readMarks(lines: readonly MetricsLine[]): Mark[] {
  const marks: Mark[] = [];
  let branch: number | null = null;
  let newest = -Infinity;
  for (const line of lines) {
    const update = finiteNumber(line['update']);
    const lineBranch = finiteNumber(line['branch']);
    if (line['kind'] === 'rollback') {
      const to = finiteNumber(line['to']) ?? 0;
      marks.push({ kind: 'rollback', update: to });
      newest = to;
    } else if (update !== null && line['kind'] === 'resumed') {
      marks.push({ kind: 'resume', update });
      newest = update;
    } else if (update !== null && line['kind'] === 'progress') {
      if (lineBranch !== null && branch !== null && lineBranch !== branch) marks.push({ kind: 'rollback', update });
      else if (update < newest) marks.push({ kind: 'resume', update });
      newest = update;
    }
    branch = lineBranch ?? branch;
  }
  return marks;
}
