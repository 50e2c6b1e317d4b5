// The section that says how the run ended and how good the model is, with what each figure may be relied on for.
import { isContinuous, type AnyJob } from '../../ebm/job.ts';
import { html } from './html.ts';
import type { Content, Html } from './html.ts';
import { REPORT_LIMITS } from './input.ts';
import type { LikelihoodFigures, LogPartitionFigures, ReportInput } from './input.ts';
import { formatBytes, formatCount, formatFixed, formatNumber, formatPercent, formatSeconds, formatWithError } from './numbers.ts';

interface Headline { readonly tone: 'good' | 'plain' | 'bad'; readonly text: string }

/** One word or two for the state of the run. */
export function headlineOf(input: ReportInput): Headline {
  switch (input.outcome.kind) {
    case 'finished': return { tone: 'good', text: 'finished' };
    case 'running': return { tone: 'plain', text: 'running' };
    case 'interrupted': return { tone: 'plain', text: 'interrupted' };
    case 'cancelled': return { tone: 'plain', text: 'cancelled' };
    case 'failed': return { tone: 'bad', text: 'failed' };
  }
}

/** In a few words what was trained, on what, and how. */
export function subtitleOf(job: AnyJob): string {
  const { train, facts } = job;
  const length = train.epochs === null ? '' : ` (${formatCount(train.epochs)} ${train.epochs === 1 ? 'epoch' : 'epochs'})`;
  const model = job.model.kind === 'score' ? `Scores over ${facts.visible} dimensions under ${job.model.noise.kind.toUpperCase()} noise (${job.model.network.kind})` : isContinuous(job)
    ? `Energy over ${facts.visible} dimensions (${job.model.energy.kind}), ${isContrastive(job.train.objective) ? `${job.train.objective.toUpperCase()}-${job.train.steps} by ${job.train.sampler?.kind ?? 'ula'}` : job.train.objective}`
    : `Restricted Boltzmann machine, ${facts.visible} visible and ${job.model.hidden} hidden units, ${job.train.objective.toUpperCase()}-${job.train.steps}${job.model.centred ? ', centred' : ''}`;
  return `${model}, on ${job.data.source}: ${formatCount(train.updates)} updates${length} of ${formatCount(train.batch)} rows`;
}

const isContrastive = (objective: string): boolean => objective === 'pcd' || objective === 'cd';
const known = (value: number | null | undefined): value is number => typeof value === 'number' && Number.isFinite(value);

/** Whether AIS may be relied on, and why. */
function reliability(figures: LikelihoodFigures, partition: LogPartitionFigures | null): Html | null {
  const { ess, runs } = partition ?? {};
  const size = known(ess) && known(runs) && runs > 0 ? ` The effective sample size is ${formatNumber(ess)} of ${formatCount(runs)} runs (${formatPercent(ess / runs)}; 5 % is the least).` : '';
  if (figures.reliable === true) return html`<p><span class="badge good">AIS is reliable here</span>${size} It still errs on the high side.</p>`;
  if (figures.reliable === false) {
    return html`<p><span class="badge bad">AIS is not reliable here</span>${size} So few runs carry the weight that its figure may be far too high. Compare models by RAISE, or measure again with more inverse temperatures (betas).</p>`;
  }
  return size === '' ? null : html`<p>${size}</p>`;
}

function figure(value: string, label: Content): Html {
  return html`<div class="figure"><span class="value">${value}</span><span class="label">${label}</span></div>`;
}

function validation(input: ReportInput): string {
  const { exact, ais, raise } = input.results.validationLogLikelihood ?? {};
  const named = [[input.results.logPartition?.kind === 'quadrature' ? 'by quadrature' : 'exact', exact], ['by AIS', ais], ['by RAISE', raise]] as const;
  const shown = named.flatMap(([name, value]) => (known(value) ? [`${formatFixed(value, 2)} ${name}`] : []));
  return shown.length === 0 ? '' : `On the validation rows: ${shown.join(', ')}. `;
}

function choiceOfRows(input: ReportInput): string {
  const error = input.results.standardErrors?.images;
  return known(error) ? ` Other test rows of the same kind would move it by about ${formatFixed(error, 2)} (one standard error).` : '';
}

function whyUnmeasured({ job }: ReportInput): Html {
  if (isContinuous(job) && job.model.kind === 'score') return html`: that of a score model is measured by <code>ebm evaluate</code>.`;
  if (isContinuous(job) && job.facts.visible !== 2) return html`: it needs log Z, which is measured for energies over two dimensions alone.`;
  return html`${job.evaluate === 'off' ? ': the job says evaluate: off' : ''}. <code>ebm evaluate</code> does it.`;
}

const ofWhat = ({ job }: ReportInput): string => isContinuous(job)
  ? `Figures are of the parameters that are exported${job.train.average > 0 ? ', averaged over updates' : ''}; log Z is over a square around the training rows, and mass that the model has outside of it is not seen.`
  : `Figures are of the grid parameters that are sampled and exported${job.train.average > 0 ? ', averaged over updates' : ''}.`;

/** The figures of the likelihood, the most trustworthy one first. */
function likelihood(input: ReportInput): Html {
  const { testLogLikelihood: figures, logPartition: partition } = input.results;
  const measured = figures === null ? [] : [figures.exact, figures.ais, figures.raise].filter(known);
  if (figures === null || measured.length === 0) {
    return html`<p class="unmeasured">The test log-likelihood was not measured${whyUnmeasured(input)}</p>`;
  }
  const isQuadrature = partition?.kind === 'quadrature';
  const error = isQuadrature ? null : [input.results.standardErrors?.annealing, partition?.standardError].find(known) ?? null;
  const settings = known(partition?.runs) && known(partition.betas) ? `, ${formatCount(partition.runs)} runs of ${formatCount(partition.betas)} inverse temperatures` : '';
  const { exact, ais, raise, reverse } = figures;
  const exactFigure = known(exact) ? figure(formatFixed(exact, 2), isQuadrature ? html`nats a test row, log Z <strong>by quadrature</strong>` : html`nats a test row, <strong>exact</strong>: log Z by enumeration`) : null;
  const aisFigure = known(ais) ? figure(formatWithError(ais, error), html`nats a test row by <strong>AIS</strong>${settings}${error === null ? '' : '; \u00b1 is one standard error of log Z'}`) : null;
  const raiseFigure = known(raise) ? figure(formatFixed(raise, 2), html`nats a test row by <strong>RAISE</strong>, the conservative figure: it errs on the low side`) : null;
  const reverseFigure = known(reverse) ? figure(formatFixed(reverse, 2), html`nats a test row by <strong>reverse AIS</strong>; its starts are no exact samples, so it is no bound`) : null;
  // The first figure is the large one: not one that must not be relied on, if there is another.
  const sampled = figures.reliable === false ? [raiseFigure, aisFigure] : [aisFigure, raiseFigure];
  return html`<div class="figures">${exactFigure}${sampled}${reverseFigure}</div>
${known(ais) ? reliability(figures, partition) : null}
${known(partition?.mean) ? html`<p class="note">${validation(input)}log Z = ${formatWithError(partition.mean, error)} nats. Higher log-likelihood is better; it is the mean over ${formatCount(input.job.facts.testRows)} test rows. ${ofWhat(input)}${choiceOfRows(input)}</p>` : null}`;
}

function tiles(input: ReportInput): Html {
  const { results, job } = input;
  const epochs = (results.updates * job.train.batch) / job.facts.trainingRows;
  const entries: readonly (readonly [string, string])[] = [
    ['Updates', `${formatCount(results.updates)} of ${formatCount(job.train.updates)}`],
    ['Epochs', formatNumber(Number.isFinite(epochs) ? Math.round(epochs * 100) / 100 : null)],
    ['Time', formatSeconds(results.seconds)],
    ['Samples a second', formatNumber(results.samplesPerSecond)],
    ['Memory, at most', formatBytes(results.residentBytesMax)],
    ['Rollbacks', results.rollbacks === 0 ? 'none' : `${formatCount(results.rollbacks)} (branch ${formatCount(results.branch)})`],
  ];
  return html`<dl class="tiles">${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

export function outcomeSection(input: ReportInput): Html {
  const { outcome } = input;
  const failure = outcome.kind === 'failed' ? html`<p class="failure"><strong>${outcome.code}</strong> ${outcome.message}</p>` : null;
  const shown = input.warnings.slice(0, REPORT_LIMITS.warningsShown);
  const more = input.warnings.length - shown.length;
  const warnings = shown.length === 0 ? null : html`<div class="warnings"><h3>Warnings</h3><ul>${shown.map((warning) => html`<li>${warning}</li>`)}${more > 0 ? html`<li>and ${formatCount(more)} more</li>` : null}</ul></div>`;
  return html`<section id="outcome"><h2>Outcome</h2>${failure}${likelihood(input)}${tiles(input)}${warnings}</section>`;
}
