import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import {
  assertAccessible,
  assertNoSideways,
  openBrowser,
  pdfPages,
  skipWithoutBrowser,
  watchTraffic,
} from '../helpers/browser/browser.js';
import { runCommand } from '../helpers/program/cli.js';
import { pageNumbers } from '../report/page-tables.js';

/** The narrowest window, a telephone's and a laptop's. */
const looks = [
  { width: 320, height: 640, colorScheme: 'light', isAsked: false },
  { width: 390, height: 844, colorScheme: 'light', isAsked: true },
  { width: 1280, height: 800, colorScheme: 'light', isAsked: false },
  { width: 1280, height: 800, colorScheme: 'dark', isAsked: true },
] as const;

describe('a report in a browser', { skip: skipWithoutBrowser }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'dtstream-browser-'));
  const url = pathToFileURL(join(folder, 'run.html')).href;
  let browser: Browser;
  before(async () => {
    const run = async (...args: readonly string[]): Promise<void> => {
      const { code, stderr } = await runCommand([...args, '--quiet'], { cwd: folder });
      assert.equal(code, 0, stderr);
    };
    await run('simulate', '--rows', '400000', '--seed', '6', '--fault', 'dead:2:17@30', '--out', 'run.dat');
    await run('report', 'run.dat', '--out', 'run.html');
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  for (const { width, height, colorScheme, isAsked } of looks) {
    const where = `${width} px, ${colorScheme}`;
    it(`is read at ${where}: nothing is said, asked for or cut off${isAsked ? ', and axe finds nothing' : ''}`, async () => {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme });
      const traffic = watchTraffic(page);
      await page.goto(url);
      await assertNoSideways(page, where);
      for (const summary of await page.locator('summary').all()) await summary.click();
      await assertNoSideways(page, `${where}, unfolded`);
      if (isAsked) await assertAccessible(page, where);
      assert.deepEqual(traffic, { said: [], requests: [url] });
      const ground = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      assert.equal(ground, colorScheme === 'dark' ? 'rgb(16, 20, 24)' : 'rgb(255, 255, 255)');
      await page.close();
    });
  }

  it('prints on four pages of A4 at most, in light colours', async () => {
    const page = await browser.newPage({ colorScheme: 'dark' });
    await page.goto(url);
    const pdf = await page.pdf({ format: 'A4', printBackground: true });
    assert.ok(pdfPages(pdf) >= 2 && pdfPages(pdf) <= 4, `${pdfPages(pdf)} pages`);
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.evaluate('getComputedStyle(document.body).color'), 'rgb(26, 26, 26)');
    await page.close();
  });

  it('draws each channel as high as its table says', async () => {
    const page = await browser.newPage();
    await page.goto(url);
    const hits = pageNumbers(readFileSync(join(folder, 'run.html'), 'utf8'), 'Chamber 1: channels', 'Hits');
    const [top] = (await page.locator('#c1-occupancy text.y').allTextContents()).slice(-1);
    const path = (await page.locator('#c1-occupancy path.columns').getAttribute('d')) ?? '';
    const heights = [...path.matchAll(/V(\d+)h(\d+)/g)].flatMap(([, y, length]) =>
      new Array<number>(Number(length)).fill(200 - Number(y)),
    );
    const scale = 200 / Number(top.replaceAll(',', ''));
    assert.deepEqual(
      heights,
      hits.map((count) => Math.min(200, Math.round(count * scale))),
    );
    await page.close();
  });
});
