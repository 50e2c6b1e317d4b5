// report.html: one file that opens offline and shows how a run went. The door of this folder; pure: a value in, text out.
// Everything that comes from a run is escaped, and the page's policy lets only the style and the script written here act.
import { createHash } from 'node:crypto';
import { isContinuous } from '../../ebm/job.ts';
import { curvesSection } from './curves.ts';
import { html, scriptJson, trusted } from './html.ts';
import type { Html } from './html.ts';
import type { ReportInput } from './input.ts';
import { headlineOf, outcomeSection, subtitleOf } from './outcome.ts';
import { filtersSection, samplesSection, stripSection } from './pictures.ts';
import { REPORT_SCRIPT } from './script.ts';
import { digestsSection, reproduceSection, settingsSection } from './settings.ts';
import { REPORT_STYLE } from './style.ts';

const REPORT_FORMAT_VERSION = 1;

const sourceOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing may be loaded, and of what stands in the page only these two texts may act. */
const POLICY = `default-src 'none'; img-src data:; style-src ${sourceOf(REPORT_STYLE)}; script-src ${sourceOf(REPORT_SCRIPT)}; base-uri 'none'; form-action 'none'`;

function navigation(sections: readonly (readonly [string, string, Html | null])[]): Html {
  return html`<nav aria-label="Sections"><ul>${sections.filter(([, , section]) => section !== null).map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`;
}

/** What a program may read out of a report. */
function embedded(input: ReportInput, charts: unknown): Html {
  const { job, outcome, results, digests } = input;
  return scriptJson({ formatVersion: REPORT_FORMAT_VERSION, name: job.name, outcome, results, digests, charts });
}

/** The whole page. Equal inputs give equal text. */
export function renderReport(input: ReportInput): string {
  const headline = headlineOf(input);
  const curves = curvesSection(input.metrics, isContinuous(input.job) ? 'continuous' : 'boltzmann');
  const samples = samplesSection(input);
  const sections = [
    ['outcome', 'Outcome', outcomeSection(input)], ['curves', 'Curves', curves.html], ['samples', input.samples.length === 0 ? 'Data' : 'Samples', samples],
    ['strip', 'From noise', stripSection(input)], ['filters', 'Filters', filtersSection(input)], ['settings', 'Settings', settingsSection(input)],
    ['digests', 'Digests', digestsSection(input)], ['reproduce', 'Repeat', reproduceSection(input)],
  ] as const;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${input.job.name} · ebm-fleet</title>
<style>${trusted(REPORT_STYLE)}</style>
</head>
<body>
<a class="skip" href="#outcome">Skip to the outcome</a>
<header><p class="eyebrow">Run of ebm-fleet</p><h1>${input.job.name} <span class="badge ${headline.tone}">${headline.text}</span></h1><p class="subtitle">${subtitleOf(input.job)}</p>${navigation(sections)}</header>
<main>
${sections.map(([, , section]) => section)}
</main>
<footer><p>${input.writtenAt === null ? null : html`Written ${input.writtenAt}. `}This file holds everything it shows and opens without a network.</p></footer>
<script type="application/json" id="report-data">${embedded(input, curves.stops)}</script>
<script>${trusted(REPORT_SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}
