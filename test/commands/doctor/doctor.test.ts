import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { checkClock } from '../../../src/commands/doctor/check-clock.js';
import { checkNode } from '../../../src/commands/doctor/check-machine.js';
import { checkTerminal } from '../../../src/commands/doctor/check-terminal.js';
import type { Finding } from '../../../src/commands/doctor/finding.js';
import { openEmbeddedLog } from '../../../src/transport/embedded/embedded-log.js';
import { type CliOptions, type CliResult, cliPath, runCli, runCommand, startCli } from '../../helpers/program/cli.js';
import { tempFolder } from '../../sources/temp-folder.js';

interface Report {
  readonly ok: number;
  readonly warn: number;
  readonly fail: number;
  readonly findings: readonly Finding[];
}

/** What `doctor --json` finds; what failed shows in its exit code, too, and has an advice. */
async function doctor(args: readonly string[], options: CliOptions = {}, run = runCommand): Promise<Report> {
  const result: CliResult = await run(['doctor', '--json', ...args], options);
  const report = JSON.parse(result.stdout) as Report;
  assert.equal(result.code, report.fail > 0 ? 1 : 0, result.stderr);
  for (const { state, advice, check } of report.findings) assert.equal(state === 'ok', advice === undefined, check);
  return report;
}

function findingsOf(report: Report, check: string): readonly Finding[] {
  return report.findings.filter((finding) => finding.check === check);
}

function only(report: Report, check: string): Finding {
  const [finding, ...others] = findingsOf(report, check);
  assert.ok(finding !== undefined && others.length === 0, `one finding of ${check}`);
  return finding;
}

describe('dtstream doctor', { concurrency: 2 }, () => {
  it('finds nothing wrong where nothing is, and makes nothing', async (context) => {
    const cwd = tempFolder(context, {
      'run.csv': 'HEAD,FPGA,TDC_CHANNEL,ORBIT_CNT,BX_COUNTER,TDC_MEAS\n2,0,1,5,3,4\n',
    });
    const result = await runCommand(['doctor', 'run.csv'], { cwd });
    assert.deepEqual([result.code, result.stderr], [0, '']);
    const lines = result.stdout.trimEnd().split('\n');
    assert.ok(
      lines.every((line) => /^(ok|warn) {2,}\S+ .*\S$/.test(line)),
      result.stdout,
    );
    assert.match(result.stdout, /^ok +store +\.dtstream does not exist yet: produce creates it/m);
    assert.match(result.stdout, /^ok +input +run\.csv: 1 file, 64 B$/m);
    assert.match(result.stdout, /^ok +rows +1 row; orbits 5 to 5 \(0\.0 s\); boards 0$/m);
    assert.match(result.stdout, /^ok +hits +by chamber 0: 1, 1: 0, 2: 0, 3: 0; trigger 1:128 0$/m);
    assert.equal(spawnSync('ls', ['-A', cwd], { encoding: 'utf8' }).stdout, 'run.csv\n');
  });

  it('says what is in inputs, and what is wrong with their rows', async (context) => {
    const rows = Array.from({ length: 200 }, (_, row) => `2,0,${row % 2 === 0 ? 1 : 138},${row},3,4\n`).join('');
    const cwd = tempFolder(context, { 'run.csv': `${rows}x\n`, 'none.csv': 'root:x:0\n1,0,1,5,3,4\n' });
    const { code, stdout } = await runCommand(['doctor', 'run.csv', 'none.csv'], { cwd });
    assert.equal(code, 0);
    assert.match(stdout, /^warn +rows +201 rows, 1 rejected; orbits 0 to 198 \(0\.0 s\); boards 0 -> /m);
    assert.match(stdout, /^warn +trigger +no row of trigger 1:128, but 100 rows of channel 0:138 \(100\) in no chamber: is that the trigger\? -> if so/m);
    assert.match(stdout, /^warn +rows +2 rows, 1 rejected, 1 with another HEAD: no hit -> /m);
  }); // prettier-ignore

  it('warns of rows that nobody processes, with the command that does', async (context) => {
    const cwd = tempFolder(context);
    await runCli(['produce', '--rate', 'max', '--limit', '500', '--topic', 'night', '--quiet'], { cwd });
    const about = ['--topic', 'night', '--group', 'shift'];
    const before = only(await doctor(about, { cwd }), 'unread');
    assert.deepEqual(
      [before.state, before.text, before.advice],
      [
        'warn',
        'group shift has not read 500 messages of night, and no process is running',
        'start it: dtstream process --topic night --group shift',
      ],
    );
    await runCli(['process', '--until-end', ...about, '--quiet'], { cwd });
    assert.deepEqual(findingsOf(await doctor(about, { cwd }), 'unread'), []);
  });

  it('says which process holds a lane of a store, and how old its messages are', async (context) => {
    const store = join(tempFolder(context), 'store');
    await runCommand(['produce', '--store', store, '--rate', 'max', '--limit', '1000']);
    const process = startCli(['process', '--store', store]);
    context.after(() => process.child.kill('SIGKILL'));
    const watch = startCli(['watch', '--json', '--store', store]);
    context.after(() => watch.child.kill('SIGKILL'));
    // A message is there: so the lane is held.
    assert.notEqual(await watch.nextLine(), undefined);
    const report = await doctor(['--store', store]);
    const texts = findingsOf(report, 'store').map(({ text }) => text);
    assert.match(texts[0], /is a writable store of this version$/);
    assert.match(
      texts[1],
      new RegExp(`^lane 0 of group dtstream is held by process ${process.child.pid} on .*running$`),
    );
    assert.deepEqual(
      findingsOf(report, 'clock').map(({ state, text }) => [state, /of (\w+) is from 20/.exec(text)?.[1]]),
      [
        ['ok', undefined],
        ['ok', 'data_raw'],
        ['ok', 'data_clean'],
      ],
    );
    process.child.kill('SIGKILL');
    await process.result();
    const after = await doctor(['--store', store]);
    assert.match(findingsOf(after, 'store')[1]?.text ?? '', /, which is gone; nothing to do/);
  });

  it('finds messages from the future', async (context) => {
    const dir = join(tempFolder(context), 'store');
    context.mock.timers.enable({ apis: ['Date'], now: Date.now() + 3_600_000 });
    const log = await openEmbeddedLog({ dir });
    await log.createTopics([{ topic: 'data_raw', partitions: 1, replicationFactor: 1 }]);
    const writer = await log.openWriter('data_raw');
    const values = Buffer.from('2,0,1,5,3,4');
    await writer.append([{ partition: 0, headers: {}, values, valueEnds: Uint32Array.of(values.length) }]);
    await writer.close();
    await log.close();
    context.mock.timers.reset();
    const [, newest] = findingsOf(await doctor(['--store', dir]), 'clock');
    assert.match(newest?.text ?? '', /^the newest message of data_raw is 3[56]\d\d s in the future$/);
    assert.deepEqual([newest?.state, (newest?.advice ?? '').includes('NTP')], ['warn', true]);
  });

  it('says why a store cannot be used, and what to do', async (context) => {
    const folder = tempFolder(context, {
      'foreign/letter.txt': 'dear',
      'newer/store.json': '{"format":"dtstream-store","version":2}',
      'other/store.json': '{"format":"something"}',
      file: 'a file',
    });
    const cases: readonly [dir: string, text: RegExp, advice: RegExp][] = [
      ['foreign', /must be empty or a dtstream store, but holds letter\.txt/, /name another folder/],
      ['newer', /was made by a newer dtstream/, /use the version of dtstream that created it/],
      ['other', /this is not a dtstream store/, /name another folder/],
      ['file', /not a directory/, /another folder/],
    ];
    for (const [dir, text, advice] of cases) {
      const finding = only(await doctor(['--store', join(folder, dir)]), 'store');
      assert.equal(finding.state, 'fail');
      assert.match(finding.text, text);
      assert.match(finding.advice ?? '', advice);
    }
  });

  it('finds a read-only file system, and one that is full', async (context) => {
    const dir = mkdtempSync(join(tmpdir(), 'dtstream-doctor-'));
    const mounted = (options: string): boolean =>
      spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir]).status === 0;
    context.after(() => {
      spawnSync('umount', ['-l', dir]);
      rmSync(dir, { recursive: true, force: true });
    });
    if (!mounted('size=200m')) {
      context.skip('needs the right to mount a file system');
      return;
    }
    const small = only(await doctor(['--store', join(dir, 'new')]), 'disk');
    assert.deepEqual([small.state, (small.advice ?? '').includes('free some')], ['warn', true]);
    assert.ok(mounted('remount,size=8m'));
    assert.equal(only(await doctor(['--store', join(dir, 'new')]), 'disk').state, 'fail');
    assert.ok(mounted('remount,ro'));
    const readOnly = only(await doctor(['--store', join(dir, 'new')]), 'store');
    assert.match(readOnly.text, /cannot write to .*: the file system is read-only$/);
    assert.match(readOnly.advice ?? '', /mount the file system for writing/);
  });

  it('finds a folder that another user may not write to', { skip: !canBecomeNobody() }, (context) => {
    const folder = tempFolder(context);
    mkdirSync(join(folder, 'theirs'), { mode: 0o755 });
    spawnSync('chmod', ['755', folder]);
    const args = [cliPath, 'doctor', '--json', '--store', join(folder, 'theirs', 'store')];
    const result = spawnSync(process.execPath, args, { uid: 65_534, gid: 65_534, env: {}, encoding: 'utf8' });
    const finding = only(JSON.parse(result.stdout) as Report, 'store');
    assert.match(finding.text, /permission denied$/);
    assert.match(finding.advice ?? '', /give this user the right to write there/);
    assert.equal(result.status, 1);
  });

  it('says what is wrong with brokers that are not there, and with inputs', async (context) => {
    const cwd = tempFolder(context);
    const report = await doctor(['absent.csv', '--brokers', '127.0.0.1:1', '--broker-wait', '100ms'], { cwd });
    const brokers = only(report, 'brokers');
    assert.match(brokers.text, /cannot reach Kafka at 127\.0\.0\.1:1: no broker answers there/);
    assert.match(brokers.advice ?? '', /start the broker/);
    assert.match(only(report, 'input').text, /cannot read absent\.csv: no such file/);
    assert.equal(report.fail, 2);
  });

  it('names the endpoint of S3 that nobody looked at, and one where nobody answers', async (context) => {
    const cwd = tempFolder(context);
    const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', DTSTREAM_S3_ENDPOINT: 'http://127.0.0.1:1' };
    assert.equal(only(await doctor([], { cwd, env }, runCli), 's3').state, 'warn');
    const away = only(await doctor(['s3://muons/run/'], { cwd, env }, runCli), 's3');
    assert.equal(away.state, 'fail');
    assert.match(away.advice ?? '', /--s3-endpoint/);
  });

  it('takes a wrong configuration for a failure as any command does', async (context) => {
    const cwd = tempFolder(context, { 'dtstream.yaml': 'stor: x\n' });
    const result = await runCommand(['doctor'], { cwd });
    assert.deepEqual([result.code, result.stdout], [1, '']);
    assert.match(result.stderr, /cannot use \.\/dtstream\.yaml:1:1: .*did you mean store/);
  });
});

describe('the checks of doctor', () => {
  it('know the oldest Node that will do', () => {
    assert.deepEqual(
      ['20.18.3', '18.20.0', '20.19.0', '22.0.1'].map((version) => checkNode(version).state),
      ['fail', 'fail', 'ok', 'ok'],
    );
  });

  it('know when a clock cannot be right', () => {
    assert.deepEqual(
      [0, Date.parse('2000-01-01'), Date.now(), Date.parse('2120-01-01')].map((nowMs) => checkClock(nowMs).state),
      ['fail', 'fail', 'ok', 'fail'],
    );
  });

  it('take no terminal for none that is wrong', () => {
    const facts = { env: {}, inputIsTerminal: false, outputIsTerminal: false, columns: undefined, rows: undefined };
    assert.equal(checkTerminal(facts).state, 'ok');
  });
});

/** Whether this test may start a process of a user without rights, which can reach the program. */
function canBecomeNobody(): boolean {
  if (process.getuid?.() !== 0) return false;
  const { status } = spawnSync(process.execPath, [cliPath, '--version'], { uid: 65_534, gid: 65_534, env: {} });
  return status === 0;
}
