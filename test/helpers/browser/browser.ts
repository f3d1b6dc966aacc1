import assert from 'node:assert/strict';
import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Names of Chromium's program, as packages install it. */
const names = ['chromium', 'chromium-browser', 'google-chrome'];

function chromiumPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why tests in a browser are skipped, or false. */
export const skipWithoutBrowser: string | false =
  chromiumPath() === undefined ? 'there is no Chromium: scripts/ci-prepare.sh installs it' : false;

/** The system's Chromium without a window; whoever asks for it closes it. */
export function openBrowser(): Promise<Browser> {
  // Root has no sandbox; what is opened is our own page.
  return chromium.launch({ executablePath: chromiumPath() ?? '', args: ['--no-sandbox'], chromiumSandbox: false });
}

/** What a page has said and asked for. */
export interface PageTraffic {
  readonly said: string[];
  readonly requests: string[];
}

/** Notes the messages, errors and requests of a page from now on. */
export function watchTraffic(page: Page): PageTraffic {
  const traffic: PageTraffic = { said: [], requests: [] };
  page.on('console', (message) => traffic.said.push(message.text()));
  page.on('pageerror', (error) => traffic.said.push(String(error)));
  page.on('request', (request) => traffic.requests.push(request.url()));
  return traffic;
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
}

/** Asserts that axe finds nothing that a reader with a handicap would stumble over. */
export async function assertAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate<AxeResult>('axe.run()');
  const found = violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0].html.slice(0, 200)}`);
  assert.deepEqual(found, [], where);
}

/** Asserts that a page is not wider than its window. */
export async function assertNoSideways(page: Page, where: string): Promise<void> {
  const [width, room] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]');
  assert.ok(width <= room, `${where}: ${width} px wide in a window of ${room} px`);
}

/** Pages of a PDF. */
export function pdfPages(pdf: Buffer): number {
  return [...pdf.toString('latin1').matchAll(/\/Type\s*\/Page\b/g)].length;
}
