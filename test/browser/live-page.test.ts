import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { LiveServerOptions } from '../../src/commands/watch/http/live-server.js';
import type { DetectorView } from '../../src/views/detector/detector-view.js';
import { assertAccessible, assertNoSideways, openBrowser, type PageTraffic, skipWithoutBrowser, watchTraffic } from '../helpers/browser/browser.js'; // prettier-ignore
import { liveSample } from '../helpers/browser/live-sample.js';
import { sampleDetectorView } from '../views/sample-detector.js';

/** Waits until the state of the page begins so: its policy lets no script look, not even a test's. */
async function untilState(page: Page, text: string): Promise<void> {
  await page.locator('#state', { hasText: new RegExp(`^${text}`) }).waitFor();
}

describe('the live page in a browser', { skip: skipWithoutBrowser }, () => {
  let browser: Browser;
  let detector: DetectorView;
  before(async () => {
    detector = await sampleDetectorView();
    browser = await openBrowser();
  });
  after(() => browser.close());

  const openPage = async (
    t: TestContext,
    options: Partial<LiveServerOptions> = {},
    look: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{ page: Page; traffic: PageTraffic; url: string }> => {
    const { url } = await liveSample(t, detector, { eventMs: 50, ...options });
    const page = await browser.newPage(look);
    t.after(() => page.close());
    const traffic = watchTraffic(page);
    await page.goto(url);
    await page.waitForSelector('#c3-cells rect');
    return { page, traffic, url };
  };
  /** The same detector a moment later. */
  const later = (step: number): DetectorView => ({
    ...detector,
    nowMs: detector.nowMs + 1000 * step,
    chambers: detector.chambers.map((panel) => {
      const hits = panel.occupancy.hits.map((count, channel) => count + ((channel * step) % 17));
      return { ...panel, hitsSinceStart: panel.hitsSinceStart + step, occupancy: { ...panel.occupancy, hits } };
    }),
  });

  for (const [width, colorScheme] of [
    [320, 'light'],
    [1280, 'dark'],
  ] as const) {
    // prettier-ignore
    it(`shows what the screen does at ${width} px, ${colorScheme}, under its own policy, and axe finds nothing`, async (t) => {
      const { page, traffic, url } = await openPage(t, {}, { viewport: { width, height: 800 }, colorScheme });
      await assertNoSideways(page, `${width} px`);
      await assertAccessible(page, `${width} px`);
      assert.equal(await page.textContent('#verdict'), 'Not well: 2:17 dead, 0:5 hot. 1 alarm is known and 1 alarm is over.'); // prettier-ignore
      const verdicts = await page.locator('#chambers td:nth-child(2)').allTextContents();
      assert.deepEqual(verdicts, ['HOT 1 0:5', 'known 1 1:44', 'DEAD 1 2:17', 'ok']);
      assert.equal(await page.locator('#c2-cells rect.bad').count(), 1);
      assert.match((await page.textContent('#c2-occupancy desc')) ?? '', /Channel 17 has none of/);
      assert.deepEqual(traffic.said, []);
      assert.ok(traffic.requests.every((asked) => asked.startsWith(url)), traffic.requests.join(' '));
    });
  }

  it('freezes, goes on, changes window and colours, and tells what is old', async (t) => {
    let step = 0;
    let isCurrent = true;
    const windows = new Set<string>();
    const { page } = await openPage(t, {
      view: ({ id }) => {
        windows.add(id);
        return { ...later(step++), isCurrent };
      },
    });
    const counts = (): Promise<string | null> => page.textContent('#chambers tbody');
    await page.click('#freeze');
    const frozen = await counts();
    assert.match((await page.textContent('#state')) ?? '', /^frozen, newest message /);
    await page.waitForTimeout(300);
    assert.equal(await counts(), frozen);
    await page.click('#freeze');
    while ((await counts()) === frozen) await page.waitForTimeout(20);
    await page.selectOption('#window', 'start');
    while (!windows.has('start')) await page.waitForTimeout(20);
    assert.equal(await page.getAttribute('#report', 'href'), 'report?window=start');
    await page.selectOption('#colours', 'dark');
    assert.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(16, 20, 24)');
    isCurrent = false;
    await untilState(page, 'STALE');
  });

  it('connects again when the server is back', async (t) => {
    const first = await liveSample({ after: () => undefined }, detector, { eventMs: 50 });
    const port = Number(new URL(first.url).port);
    const page = await browser.newPage();
    t.after(() => page.close());
    await page.goto(first.url);
    await page.waitForSelector('#c3-cells rect');
    await first.close();
    await untilState(page, 'no connection');
    await liveSample(t, detector, { eventMs: 50, address: { host: '127.0.0.1', port } });
    await untilState(page, 'live');
  });

  it('does not grow in an hour of events', async (t) => {
    const events = 3600;
    let step = 0;
    const { page } = await openPage(t, { eventMs: 4, view: () => later(step++) });
    const session = await page.context().newCDPSession(page);
    const measure = async (): Promise<{ heap: number; nodes: number }> => {
      await session.send('HeapProfiler.collectGarbage');
      const { metrics } = await session.send('Performance.getMetrics');
      const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
      return { heap: of('JSHeapUsedSize'), nodes: of('Nodes') };
    };
    await session.send('Performance.enable');
    while (step < 100) await page.waitForTimeout(50);
    const begun = await measure();
    while (step < events) await page.waitForTimeout(100);
    const ended = await measure();
    assert.ok(ended.heap - begun.heap < 20e6, `${begun.heap} to ${ended.heap} bytes`);
    assert.ok(ended.nodes <= 1.1 * begun.nodes, `${begun.nodes} to ${ended.nodes} nodes`);
  });

  it('is not read by a page of another site', async (t) => {
    const { url } = await liveSample(t, detector);
    const page = await browser.newPage();
    t.after(() => page.close());
    const foreign = await liveSample(t, detector);
    // Another port of the same machine is another origin.
    await page.goto(`${foreign.url}nothing`);
    const read = await page.evaluate<string>(
      `fetch(${JSON.stringify(`${url}state.json`)}).then((answer) => answer.text(), () => 'refused')`,
    );
    assert.equal(read, 'refused');
  });
});
