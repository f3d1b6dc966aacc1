import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { moment, momentText, windowText, withPart } from '../../../src/commands/flags/part.js';
import { runCli } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';

const noon = Date.UTC(2026, 10, 29, 12);

describe('a part of the messages', () => {
  it('is said in UTC, once where that is the time of the machine', () => {
    const local = new Date(noon).getHours() === 12 ? 'UTC' : '(2026-11-29 )?12:00:00 UTC\\)';
    assert.match(momentText(noon), new RegExp(`^2026-11-(29|30) [\\d:]{8} \\(?${local}$`));
    assert.equal(windowText({ from: 'earliest' }), '');
    assert.equal(windowText({ from: { timeMs: noon }, to: noon }), `from ${momentText(noon)} to ${momentText(noon)}`);
  });

  it('ends at the first time of day after its beginning, and never before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: -40_000, max: 40_000 }), fc.nat(1439), (minutes, ofDay) => {
        const from = { timeMs: noon + 60_000 * minutes };
        const text = `${Math.floor(ofDay / 60)}:${String(ofDay % 60).padStart(2, '0')}`;
        const { to = 0 } = withPart({ from, to: moment(text) });
        const hours = new Date(to).getHours() * 60 + new Date(to).getMinutes();
        // Clocks change: a day may have an hour more, and a time of day may not be there.
        assert.ok(
          to > from.timeMs && to - from.timeMs <= 25 * 3_600_000,
          `${momentText(from.timeMs)} ${momentText(to)}`,
        );
        assert.ok(Math.abs(hours - ofDay) % 1440 <= 60, text);
      }),
    );
    assert.deepEqual(withPart({ from: 'earliest', run: 3 }), { from: 'earliest', run: 3 });
    assert.equal(withPart({ from: 'earliest', to: moment('1777636800000') }).to, 1_777_636_800_000);
    assert.throws(
      () => withPart({ from: { timeMs: noon }, to: moment(String(noon)) }),
      /--to must be after --from, got /,
    );
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
