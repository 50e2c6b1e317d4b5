// The sections of pictures: samples over time with a slider, training data beside them, filters. Pictures arrive as PNG bytes.
import { isContinuous, type AnyJob } from '../../ebm/job.ts';
import { FIELD_NATS } from '../pictures/planar.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { REPORT_LIMITS } from './input.ts';
import type { ReportInput, ReportPicture, ReportSample } from './input.ts';
import { formatCount } from './numbers.ts';
import { thinEvenly } from './thin.ts';

const dataUri = (png: Uint8Array): string => `data:image/png;base64,${Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString('base64')}`;

/** Evenly spaced samples, the first and the last among them, few enough to keep the report small. */
export function chosenSamples(samples: readonly ReportSample[]): ReportSample[] {
  for (let most = REPORT_LIMITS.sampleFramesMax; most > 1; most--) {
    const chosen = thinEvenly(samples, most);
    if (chosen.reduce((sum, sample) => sum + sample.png.length, 0) <= REPORT_LIMITS.sampleBytesMax) return chosen;
  }
  return samples.slice(-1);
}

function picture(shown: ReportPicture): Html {
  return html`<figure class="picture"><img src="${dataUri(shown.png)}" alt="${shown.caption}"><figcaption>${shown.caption}</figcaption></figure>`;
}

interface Words { readonly alt: string; readonly caption: string; readonly many: string }

/** What pictures of samples show: of a Boltzmann machine means of chains, of an energy the chains' states or, in two dimensions, those on its density, of a score model samples. */
function wordsOf(job: AnyJob): Words {
  if (!isContinuous(job)) return { alt: 'Mosaic of samples after update', caption: 'What the model believes in: its chains\u2019 means after update', many: 'mosaics' };
  if (job.model.kind === 'score') {
    if (job.facts.visible !== 2) return { alt: 'Mosaic of samples after update', caption: 'Samples from noise after update', many: 'mosaics' };
    return { alt: 'Picture of the model after update', caption: 'Points are samples from noise. Beside them arrows of the score under a little noise; long ones are drawn shorter than they are. After update', many: 'pictures' };
  }
  if (job.facts.visible !== 2) return { alt: 'Mosaic of samples after update', caption: 'States of the chains after update', many: 'mosaics' };
  // Where units were computed elsewhere, there was no engine to draw the density by.
  const points = job.train.objective === 'pcd' ? 'Points are chains; brightness, where it is drawn,' : 'Brightness, where it is drawn,';
  const field = `Beside it the log-density, black from ${FIELD_NATS} nats below its largest, with arrows of the score, minus the slope of the energy; long ones are drawn shorter than they are.`;
  return { alt: 'Picture of the model after update', caption: `${points} is the root of the model\u2019s density on the scale of its largest. ${field} After update`, many: 'pictures' };
}

export function samplesSection(input: ReportInput): Html | null {
  const chosen = chosenSamples(input.samples);
  const words = wordsOf(input.job);
  const ofSample = (update: number): string => `${words.alt} ${formatCount(update)}`;
  const last = chosen.at(-1);
  const data = input.data === null ? null : picture(input.data);
  if (last === undefined) return data === null ? null : html`<section id="samples"><h2>Data</h2>${data}</section>`;
  const all = input.samples.length + (input.samplesLeftOut ?? 0);
  const strip = chosen.length < 2 ? null : html`<ol class="strip" id="frames" tabindex="0" aria-label="Samples over time">
${chosen.map((sample) => html`<li><figure><img src="${dataUri(sample.png)}" alt="${ofSample(sample.update)}" data-update="${formatCount(sample.update)}"><figcaption>${formatCount(sample.update)}</figcaption></figure></li>`)}
</ol>${all > chosen.length ? html`<p class="note">${formatCount(chosen.length)} of ${formatCount(all)} ${words.many}, evenly spaced; all of them are in samples/.</p>` : null}`;
  const slider = chosen.length < 2 ? null : html`<p class="slider" id="slider" hidden><label for="frame-number">Over time</label><input id="frame-number" type="range" min="0" max="${chosen.length - 1}" value="${chosen.length - 1}" step="1" aria-valuetext="update ${formatCount(last.update)}"></p>`;
  return html`<section id="samples"><h2>Samples</h2>
<div class="pictures"><figure class="picture"><img id="frame" src="${dataUri(last.png)}" alt="${ofSample(last.update)}">
<figcaption>${words.caption} <output id="frame-update" for="frame-number">${formatCount(last.update)}</output>.</figcaption>${slider}</figure>${data}</div>
${strip}</section>`;
}

export function stripSection(input: ReportInput): Html | null {
  return input.strip === null ? null : html`<section id="strip"><h2>From noise</h2>${picture(input.strip)}</section>`;
}

export function filtersSection(input: ReportInput): Html | null {
  return input.filters === null ? null : html`<section id="filters"><h2>Filters</h2>${picture(input.filters)}</section>`;
}
