import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Logbook } from '../../../src/commands/quality/logbook.js';
import { alarmLine } from '../../../src/commands/watch/alarm-line.js';
import { runCli, runCommand } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { samplePicture, sampleMessages } from '../../views/sample-detector.js';
import { openResults } from '../results.js';

/** `# ALARM raised channel 2:17: … [id]`, with the number of the message above it. */
function alarmLines(stdout: string): { what: string; object: string; id: string; message: number }[] {
  let message = -1;
  return stdout.split('\n').flatMap((line) => {
    message = Number(/ dtstream\/0 #(\d+) /.exec(line)?.[1] ?? message);
    const [, what, object, id] = /^# ALARM (\w+) channel (\S+): .*, since 20\S+ \S+ UTC \[(\S+)\]/.exec(line) ?? [];
    return what === undefined ? [] : [{ what, object, id, message }];
  });
}

describe('alarms in dtstream watch without a terminal', () => {
  it('prints a line for each with --plain, and a list with --once', async (t) => {
    const cwd = tempFolder(t);
    const { publish } = await openResults(t, join(cwd, 'log'));
    const messages = await sampleMessages({ rows: 5500 * 80, seed: 23 }, 'dead:2:17@20-50,hot:0:5:20@20-50');
    await publish(...messages.map((message) => ({ ...message, producer: 'dtstream/0' })));
    const watch = async (...flags: string[]): Promise<string> => {
      const { code, stdout, stderr } = await runCommand(['watch', '--until-end', '--store', 'log', ...flags], { cwd });
      assert.deepEqual([code, stderr], [0, '']);
      return stdout;
    };
    // In a process of its own, which has the log open only once.
    const nothing = await runCli(['watch', '--once', '--from', 'latest', '--store', 'log'], { cwd });
    assert.deepEqual([nothing.code, nothing.stderr], [0, '']);
    assert.match(nothing.stdout, /^no message\n/);
    const lines = alarmLines(await watch('--plain'));
    const [raised, cleared] = ['raised', 'cleared'].map((what) => lines.filter((line) => line.what === what));
    assert.deepEqual([...new Set(raised.map(({ object }) => object))].sort(), ['0:5', '2:17']);
    assert.ok(
      raised.every(({ message }) => message >= 20 && message <= 45),
      JSON.stringify(raised),
    );
    assert.ok(
      cleared.every(({ message }) => message >= 50 && message <= 70),
      JSON.stringify(cleared),
    );
    const ids = raised.map(({ id }) => id);
    assert.deepEqual(cleared.map(({ id }) => id).sort(), [...ids].sort());
    const once = await watch('--once');
    assert.match(once, /\nALARM {2}[23] gone /);
    assert.match(once, /\n GONE {2}0:5 hot /);
    assert.match(once, /\n GONE {2}2:17 \w+ .* Hz|\n GONE {2}2:17 dead /);
    const logbook = new Logbook(join(cwd, 'log/quality'));
    await logbook.append(ids.map((id) => ({ entry: 'acknowledged', id, by: 'anna', group: 'dtstream' })));
    assert.match(await watch('--once'), /\nALARM {2}none\n no alarm\n/);
    assert.match(await watch('--once', '--fold', '15s'), /\nALARM {2}none\n no (alarm|verdicts: too few data)\n/);
    assert.match(await watch('--once', '--run', '0'), /\n no alarm\n/);
  });

  it('says who has seen an alarm, or why its object is known to be bad', () => {
    const [alarm] = samplePicture.alarms;
    const of = '# ALARM \\w+ channel 2:17: rate too low: 0 Hz, 4.1 Hz expected, since \\S+ 14:38:20 UTC \\[\\S+\\]';
    const line = (
      ...[what, remark]: [Parameters<typeof alarmLine>[0]['what'], { by: string; note?: string }?]
    ): string => alarmLine({ what, alarm, remark });
    assert.match(line('raised'), new RegExp(`^${of}$`));
    assert.match(line('raised', { by: 'anna', note: 'HV' }), new RegExp(`^${of} \\(known, by anna: HV\\)$`));
    assert.match(line('known', { by: 'anna', note: 'HV' }), new RegExp(`^${of} \\(known, by anna: HV\\)$`));
    assert.match(line('seen', { by: 'anna' }), new RegExp(`^${of} \\(by anna\\)$`));
    assert.match(line('cleared'), /^# ALARM cleared /);
  });
});
