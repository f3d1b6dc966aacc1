import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { momentText, windowText } from '../../../src/commands/flags/part.js';
import { runCli } from '../../helpers/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';

const noon = Date.UTC(2026, 10, 29, 12);

describe('a part of the messages', () => {
  it('is said in UTC, once where that is the time of the machine', () => {
    const local = new Date(noon).getHours() === 12 ? 'UTC' : '(2026-11-29 )?12:00:00 UTC\\)';
    assert.match(momentText(noon), new RegExp(`^2026-11-(29|30) [\\d:]{8} \\(?${local}$`));
    assert.equal(windowText({ from: 'earliest' }), '');
    assert.equal(windowText({ from: { timeMs: noon }, to: noon }), `from ${momentText(noon)} to ${momentText(noon)}`);
  });

  for (const [TZ, said] of [
    ['Europe/Rome', '2026-11-29 23:30:00 (22:30:00 UTC) to 2026-11-30 00:30:00 (2026-11-29 23:30:00 UTC)'],
    ['UTC', '2026-11-29 22:30:00 UTC to 2026-11-29 23:30:00 UTC'],
  ] as const) {
    it(`is said in the time of the machine, here ${TZ}`, async (t) => {
      const part = ['--from', '2026-11-29T22:30Z', '--to', '2026-11-29T23:30Z'];
      const { stderr } = await runCli(['watch', '--once', ...part], { cwd: tempFolder(t), env: { TZ } });
      assert.ok(stderr.startsWith(`dtstream: reading from ${said}\n`), stderr);
    });
  }
});
