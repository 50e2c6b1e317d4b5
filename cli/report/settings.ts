// The sections of facts: every setting of the compiled job with its meaning, the ledger and the digests, and how to repeat the run.
import { isContinuous } from '../../ebm/job.ts';
import { jobFields } from '../../platform/config/fields.ts';
import { html } from './html.ts';
import type { Content, Html } from './html.ts';
import { REPORT_LIMITS } from './input.ts';
import type { ReportInput } from './input.ts';
import { jobSource, shellWord } from './job-source.ts';
import { formatCount } from './numbers.ts';

function scrolling(label: string, table: Html): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${table}</div>`;
}

const FACTS: Readonly<Record<string, string>> = {
  'facts.trainingRows': 'Rows trained on.',
  'facts.validationRows': 'Rows held out.',
  'facts.testRows': 'Rows that test figures are measured on.',
  'facts.visible': 'Visible units: values a row.',
  'facts.shape': 'Lengths of a row: its values, or its height, width and channels.',
};

/** Too long for a cell: the data's digest stands with the other digests, a module's text in the job file. */
const ELSEWHERE = ['facts.digest', 'model.energy.compiled.source'];

/** Leaves of a plain value as (path, text), in order. */
function leaves(value: unknown, path: string): (readonly [string, string])[] {
  if (Array.isArray(value)) return [[path, value.map((one) => typeof one === 'string' ? one : JSON.stringify(one)).join(', ')]]; // with one meaning
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, inner]) => leaves(inner, path === '' ? name : `${path}.${name}`));
  }
  return [[path, value === null ? 'none' : typeof value === 'string' ? value : JSON.stringify(value)]];
}

export function settingsSection(input: ReportInput): Html {
  const fields = jobFields();
  const rows = leaves(input.job, '').filter(([path]) => !ELSEWHERE.includes(path)).map(([path, text]) => {
    const field = fields.get(path);
    return html`<tr><th scope="row"><code>${path}</code></th><td>${text}${field?.unit === null || field === undefined ? null : html` <span class="unit">${field.unit}</span>`}</td><td>${field?.description ?? FACTS[path] ?? ''}</td></tr>`;
  });
  return html`<section id="settings"><h2>Settings</h2>${scrolling('Table of settings', html`<table class="settings"><thead><tr><th scope="col">Setting</th><th scope="col">Value</th><th scope="col">Meaning</th></tr></thead><tbody>${rows}</tbody></table>`)}</section>`;
}

function definitions(entries: readonly (readonly [string, Content])[]): Html {
  return html`<dl class="facts">${entries.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

const code = (text: string | null): Html => (text === null ? html`none` : html`<code>${text}</code>`);

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? formatCount(value) : '–';
}

/** The first characters of a digest; enough to see that two differ. */
function short(value: unknown): Html {
  const whole = text(value);
  return html`<code title="${whole}">${whole.length > 20 ? `${whole.slice(0, 19)}…` : whole}</code>`;
}

export function digestsSection(input: ReportInput): Html {
  const { digests, ledger, job } = input;
  const shown = ledger.slice(-REPORT_LIMITS.ledgerLinesShown);
  const rows = shown.map((line) => html`<tr><td class="number">${text(line['update'])}</td><td class="number">${text(line['branch'])}</td><td>${short(line['parameters'])}</td><td>${short(line['chains'])}</td></tr>`);
  const table = shown.length === 0 ? html`<p class="note">The ledger has no line yet.</p>` : html`<p class="note">The last ${formatCount(shown.length)} of ${formatCount(ledger.length)} lines of the ledger, each chained to the one before:</p>
${scrolling('Table of the ledger', html`<table><thead><tr><th scope="col" class="number">Update</th><th scope="col" class="number">Branch</th><th scope="col">Parameters</th><th scope="col">Chains</th></tr></thead><tbody>${rows}</tbody></table>`)}`;
  return html`<section id="digests"><h2>Digests</h2>
<p class="note">Equal jobs end with equal digests, for any number of workers and threads, any interruption, and ${isContinuous(job) ? 'any mix of machines of one device class' : 'any mix of engines'}.</p>
${definitions([['Job', code(digests.job)], ['Data', code(job.facts.digest)], ['Parameters (masters)', code(digests.parameters)], ['Chains', code(digests.chains)], ['Head of the ledger', code(digests.ledger)]])}${table}</section>`;
}

export function reproduceSection(input: ReportInput): Html {
  const file = `${input.job.name.replace(/[^A-Za-z0-9._-]/g, '_')}.yaml`;
  const directory = shellWord(input.directory);
  const commands = [
    ['# train it again, from the file above', `ebm train ${shellWord(file)} --out ${shellWord(`runs/${file.slice(0, -5)}-again`)}`],
    ['# or compute this run\u2019s updates again, and compare the digests', `ebm verify ${directory}`],
    ['# measure the model again', `ebm evaluate ${directory} --json`],
    ...(isContinuous(input.job) ? [] : [['# draw new samples', `ebm sample ${directory} --count 100 --out samples.png`] as const]),
    ['# take the parameters elsewhere', `ebm export ${directory} --format safetensors`],
  ].map((pair) => pair.join('\n')).join('\n');
  const versions = Object.entries(input.versions).map(([name, version]) => [name, code(version)] as const);
  return html`<section id="reproduce"><h2>How to repeat it</h2>
<p>Save the job as <code>${file}</code>:</p>
<pre tabindex="0" aria-label="Job file">${jobSource(input.job)}</pre>
<p>Then:</p>
<pre tabindex="0" aria-label="Commands">${commands}</pre>
${definitions([['Engine', code(input.engine)], ...versions])}</section>`;
}
