// The report in a real browser. Chromium is found at EBM_CHROMIUM or /usr/bin/chromium.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { renderReport } from '../../cli/report/report.ts';
import type { ReportInput } from '../../cli/report/input.ts';
import { madeUpMosaic, madeUpReport } from '../support/report-input.ts';

const executablePath = process.env['EBM_CHROMIUM'] ?? '/usr/bin/chromium';
const folder = mkdtempSync(join(tmpdir(), 'ebm-report-'));
let browser: Browser;

before(async () => {
  assert.ok(existsSync(executablePath), `no browser at ${executablePath}: run "apt-get install -y chromium", or set EBM_CHROMIUM to a Chromium`);
  browser = await chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});

after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

interface Opened { readonly page: Page; readonly requests: readonly string[]; readonly complaints: readonly string[] }

/** Opens a report from a file and does something with it; what it asked for and complained of is recorded from the first byte on. */
async function withReport(input: Partial<ReportInput>, options: BrowserContextOptions, use: (opened: Opened) => Promise<void>): Promise<void> {
  const path = join(folder, 'report.html');
  writeFileSync(path, renderReport(madeUpReport(input)));
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => { if (!request.url().startsWith('data:')) requests.push(request.url()); });
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  try {
    await page.goto(pathToFileURL(path).href);
    await use({ page, requests, complaints });
  } finally {
    await context.close();
  }
}

const place = (page: Page, chart: string): Promise<string> => page.locator(`#chart-${chart} [data-place]`).innerText();

test('it opens without a request beyond the file itself and without a complaint, and shows every picture', async () => {
  await withReport({}, {}, async ({ page, requests, complaints }) => {
    assert.equal(requests.length, 1);
    assert.match(requests[0]!, /^file:.*report\.html$/);
    assert.deepEqual(complaints, []);
    const broken = await page.locator('img').evaluateAll((images) => (images as unknown as { naturalWidth: number }[]).filter((image) => image.naturalWidth === 0).length);
    assert.equal(broken, 0);
    assert.equal(await page.title(), 'mnist-rbm · ebm-fleet');
  });
});

test('pointing at a chart reads the values there, and leaving it those of the end', async () => {
  await withReport({}, { viewport: { width: 1200, height: 900 } }, async ({ page }) => {
    const plot = page.locator('#chart-logLikelihood .plot');
    await plot.scrollIntoViewIfNeeded();
    const box = (await plot.boundingBox())!;
    await page.mouse.move(box.x + 1, box.y + box.height / 2);
    assert.equal(await place(page, 'logLikelihood'), 'update 600');
    assert.match(await page.locator('#chart-logLikelihood [data-value="0"]').innerText(), /^−\d+\.\d ± \d\.\d \(not reliable\)$/);
    await page.mouse.move(box.x + box.width - 20, box.y + box.height / 2);
    assert.equal(await place(page, 'logLikelihood'), 'update 6,000');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    assert.notEqual(await place(page, 'logLikelihood'), 'update 6,000');
    assert.equal(await page.locator('#chart-logLikelihood .reading').first().isVisible(), true);
    await page.mouse.move(1, 1);
    assert.equal(await place(page, 'logLikelihood'), 'update 6,000');
    assert.equal(await page.locator('#chart-logLikelihood .reading').first().isVisible(), false);
  });
});

test('a chart is read with the keyboard alone, and says each value to a screen reader', async () => {
  await withReport({}, {}, async ({ page }) => {
    const slider = page.getByRole('slider', { name: /^Flip rate of the chains/ });
    await slider.focus();
    await page.keyboard.press('Home');
    assert.equal(await place(page, 'flipRate'), 'update 20');
    await page.keyboard.press('ArrowRight');
    assert.equal(await place(page, 'flipRate'), 'update 40');
    assert.match((await slider.getAttribute('aria-valuetext'))!, /^update 40: 0\.\d+$/);
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowRight');
    assert.equal(await place(page, 'flipRate'), 'update 6,000');
  });
});

test('the slider, by keys, and a click on a mosaic show the samples of another update', async () => {
  await withReport({}, {}, async ({ page }) => {
    const frame = page.locator('#frame');
    const last = await frame.getAttribute('src');
    const slider = page.getByRole('slider', { name: 'Over time' });
    await slider.focus();
    await page.keyboard.press('Home');
    assert.equal(await page.locator('#frame-update').innerText(), '600');
    assert.notEqual(await frame.getAttribute('src'), last);
    assert.equal(await frame.getAttribute('alt'), 'Mosaic of samples after update 600');
    assert.equal(await slider.getAttribute('aria-valuetext'), 'update 600');
    await page.locator('#frames img').nth(9).click();
    assert.equal(await frame.getAttribute('src'), last);
    assert.equal(await slider.inputValue(), '9');
  });
});

test('without its script it still shows the curves, the final samples and the values as tables', async () => {
  await withReport({}, { javaScriptEnabled: false }, async ({ page }) => {
    assert.equal(await place(page, 'energyGap'), 'update 6,000');
    assert.equal(await page.locator('#slider').isVisible(), false);
    const details = page.locator('#chart-energyGap details');
    await details.locator('summary').click();
    assert.equal(await details.locator('tbody tr').count(), 60);
  });
});

test('hostile text in every place neither runs nor breaks the page', async () => {
  const hostile = '"\'><script>document.title="owned"</script><img src=x onerror="document.title=1"></script><!--';
  const { job } = madeUpReport();
  const changes: Partial<ReportInput> = {
    job: { ...job, name: hostile, data: { ...job.data, source: hostile } }, directory: hostile, engine: hostile, warnings: [hostile],
    versions: { [hostile]: hostile }, outcome: { kind: 'failed', code: hostile, message: hostile }, filters: { png: madeUpMosaic(1), caption: hostile }, strip: { png: madeUpMosaic(1), caption: hostile },
  };
  await withReport(changes, {}, async ({ page, requests, complaints }) => {
    assert.equal(await page.title(), `${hostile} · ebm-fleet`);
    assert.deepEqual([requests.length, complaints], [1, []]);
    assert.equal(await page.locator('script').count(), 2);
  });
});

/** Pairs of text and the ground behind it whose contrast (WCAG 2) is below 4.5, and how many texts were looked at. */
function contrasts(): { readonly seen: number; readonly weak: string[] } {
  /* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-explicit-any -- runs in the page, whose types are not ours */
  const page = globalThis as any;
  const parse = (colour: string): number[] => colour.match(/[\d.]+/g)!.map(Number);
  const light = (colour: number[]): number => {
    const [red, green, blue] = colour.slice(0, 3).map((channel) => (channel / 255 <= 0.03928 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const groundOf = (element: any): number[] => {
    for (let at = element; at !== null; at = at.parentElement) {
      const ground = parse(page.getComputedStyle(at).backgroundColor as string);
      if (ground[3] !== 0) return ground;
    }
    return [255, 255, 255];
  };
  const weak: string[] = [];
  const elements = [...page.document.querySelectorAll('body *')].filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '') && !['SCRIPT', 'STYLE'].includes(element.tagName));
  for (const element of elements) {
    const style = page.getComputedStyle(element);
    const ink = light(parse((element.tagName === 'text' ? style.fill : style.color) as string));
    const ground = light(groundOf(element));
    const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
    if (contrast < 4.5) weak.push(`${element.tagName} ${element.textContent.slice(0, 30)}: ${contrast.toFixed(2)}`);
  }
  return { seen: elements.length, weak };
  /* eslint-enable */
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`all text has contrast in ${colorScheme} mode`, async () => {
    const failed = { kind: 'failed', code: 'diverged', message: 'a weight left the grid' } as const;
    await withReport({ outcome: failed }, { colorScheme }, async ({ page }) => {
      const { seen, weak } = await page.evaluate(contrasts);
      assert.ok(seen > 200);
      assert.deepEqual(weak, []);
      const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      assert.equal(ground, colorScheme === 'dark' ? 'rgb(16, 20, 24)' : 'rgb(246, 247, 249)');
    });
  });
}

test('on a phone nothing is wider than the screen, and text is not tiny', async () => {
  await withReport({}, { viewport: { width: 360, height: 740 }, hasTouch: true }, async ({ page }) => {
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 360);
    const heights = await page.locator('#chart-energyGap text').evaluateAll((texts) => (texts as unknown as { getBoundingClientRect: () => { height: number } }[]).map((text) => text.getBoundingClientRect().height));
    assert.ok(Math.min(...heights) > 10, `${Math.min(...heights)} pixels`);
    await page.locator('#chart-energyGap .plot').tap({ position: { x: 40, y: 60 } });
    assert.notEqual(await place(page, 'energyGap'), 'update 6,000');
  });
});
