import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readReference } from '../../src/quality/uhi.js';
import { messagesOf, runCli, startCli } from '../helpers/program/cli.js';
import { pageNumbers } from '../report/page-tables.js';
import { tempFolder } from '../sources/temp-folder.js';

describe('dtstream watch --http', () => {
  it('serves what the messages say until a signal, without a terminal', async (t) => {
    const cwd = tempFolder(t);
    const run = async (...args: readonly string[]) => {
      const result = await runCli([...args, '--quiet'], { cwd });
      assert.equal(result.code, 0, result.stderr);
      return result;
    };
    await run('simulate', '--rows', '100000', '--seed', '6', '--out', 'run.dat');
    await run('produce', 'run.dat', '--rate', 'max', '--encoding', 'words', '--rows-per-message', '1000');
    await run('process', '--until-end', '--batch-rows', '10000');
    const messages = messagesOf(await run('watch', '--json', '--until-end'));
    const hits = messages.reduce((sum, { hit_count: count }) => sum + count, 0);
    const watching = startCli(['watch', '--http', '0'], { cwd });
    let said = '';
    watching.child.stderr.on('data', (text: string) => (said += text));
    let url: string | undefined;
    while (url === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      url = /live page on (http:\S+)/.exec(said)?.[1];
    }
    const stateOf = async (): Promise<{ text: string; watch: { hits: number; messages: number } }> => {
      const text = await (await fetch(`${url}state.json?window=start`)).text();
      return { text, ...(JSON.parse(text) as { watch: { hits: number; messages: number } }) };
    };
    let state = await stateOf();
    while (state.watch.messages < messages.length) state = await stateOf();
    assert.equal(state.watch.hits, hits);
    const reference = readReference(state.text, 'state.json');
    assert.equal(
      reference.chambers.reduce((sum, chamber) => sum + chamber.hits, 0),
      hits,
    );
    const report = await fetch(`${url}report?window=start`);
    assert.match(report.headers.get('content-disposition') ?? '', /filename="shift-\d{8}-\d{6}\.html"/);
    const page = await report.text();
    const counts = [0, 1, 2, 3].flatMap((chamber) => pageNumbers(page, `Chamber ${chamber}: channels`, 'Hits'));
    assert.equal(counts.reduce((sum, count) => sum + count, 0), hits); // prettier-ignore
    assert.match(page, /Balanced<\/dt><dd>yes/);
    watching.child.kill('SIGTERM');
    const { code, stdout } = await watching.result();
    assert.deepEqual([code, stdout], [0, '']);
  });

  it('says why an address cannot be used', async (t) => {
    const cwd = tempFolder(t);
    const { code, stderr } = await runCli(['watch', '--http', '203.0.113.1:8080'], { cwd });
    assert.equal(code, 1);
    assert.match(stderr, /cannot serve the live page on 203\.0\.113\.1:8080: this machine does not have that address/);
  });
});
