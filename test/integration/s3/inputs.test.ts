import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { expandInputs } from '../../../src/sources/expand-inputs.js';
import type { InputWarning } from '../../../src/sources/input-error.js';
import { openAll } from '../../../src/sources/open-source.js';
import { assertProduced, assertDone, openProduced, simulated } from '../../commands/produce/produced.js';
import { assertFails, type CliResult, messagesOf, runCli, startCli, summaryOf } from '../../helpers/program/cli.js';
import { skipKafka, startBroker } from '../../helpers/servers/kafka-broker.js';
import { run591Absent, run591Path } from '../../helpers/run591.js';
import { S3Filler, type S3Server, s3Env, skipS3, startS3, testUsers } from '../../helpers/servers/s3-server.js';
import { textsOfLines, textsOfWords } from '../../pipeline/produce/rows.js';
import { readAll } from '../../sources/read-all.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { run } from '../common/line.js';
import type { InputFile } from '../../../src/sources/input-file.js';

const row = (channel: number): string => `2,0,${channel},5,6,7\n`;

describe('inputs from S3', { skip: skipS3 }, () => {
  let server: S3Server;
  let filler: S3Filler;
  /** What the program goes by. */
  let env: Record<string, string>;
  before(async () => {
    server = await startS3();
    filler = new S3Filler(server);
    await filler.bucket('runs');
    env = { ...s3Env(testUsers.reader), AWS_ENDPOINT_URL: server.endpoint };
  });
  after(async () => {
    filler.close();
    await server.close();
  });

  const summary = async (...inputs: readonly string[]): Promise<object> => {
    const result = await runCli(['process', ...inputs, '--summary', '--quiet', '--threads', '1'], { env });
    // Simulated rows are malformed here and there, and one input is empty.
    const others = result.stderr.replaceAll(/^dtstream: [^\n]*(?: rows rejected [^\n]*|: it has no rows)\n/gm, '');
    assert.deepEqual([result.code, others], [0, '']);
    return summaryOf(result);
  };
  /** Finds them in this process, with the variables that a user would set. */
  const expand = (...inputs: readonly string[]): Promise<readonly InputFile[]> =>
    withEnv(env, () => expandInputs(inputs, { s3: { endpoint: server.endpoint } }));
  const readInputs = async (inputs: readonly string[]): Promise<object[]> => {
    const found: object[] = [];
    const warn = ({ message }: InputWarning): never => assert.fail(message);
    for await (const source of openAll(await expand(...inputs), { format: 'auto', warn })) {
      found.push({ format: source.format, bytes: await readAll(source) });
    }
    return found;
  };
  const produce = (folder: string, ...args: readonly string[]): Promise<CliResult> =>
    runCli(['produce', ...args, '--rate', 'max', '--quiet'], { cwd: folder, env });

  it('are read as files are: text and words, plain and packed, by name or first bytes', async (t) => {
    const [csv, words] = [await simulated(3000), await simulated(3000, 'words')];
    const contents = {
      'a.csv': csv,
      'b.dat': words,
      'c.csv.gz': gzipSync(csv),
      'd.dat.gz': gzipSync(words),
      'e.bin': words,
      'f.text': gzipSync(csv),
      'g.csv': `TDC_MEAS;HEAD;FPGA;TDC_CHANNEL;ORBIT_CNT;BX_COUNTER\n7;2;0;3;5;6\n`,
      'h.csv': '',
    };
    const folder = tempFolder(t, contents);
    for (const [name, content] of Object.entries(contents)) await filler.put('runs', `kinds/${name}`, content);
    const names = Object.keys(contents);
    const files = names.map((name) => join(folder, name));
    const expected = await readInputs(files);
    assert.deepEqual(await readInputs(names.map((name) => `s3://runs/kinds/${name}`)), expected);
    assert.deepEqual(await readInputs(['s3://runs/kinds/']), expected);
    assert.deepEqual(await summary('s3://runs/kinds/a.csv', ...files.slice(1)), await summary(...files));
  });

  it('are all objects whose keys begin so, page by page, in natural order, hidden ones and folders left out', async () => {
    const count = 1200;
    const numbers = Array.from({ length: count }, (_, index) => index);
    for (let at = 0; at < count; at += 50) {
      await Promise.all(numbers.slice(at, at + 50).map((n) => filler.put('runs', `many/data_${n}.csv`, row(n % 64))));
    }
    const others = ['many/.hidden.csv', 'many/inner/', 'many/inner/data_0.csv', 'many/.git/x.csv', 'manyfold.csv'];
    for (const key of others) await filler.put('runs', key, key.endsWith('/') ? '' : row(1));
    const found = await expand('s3://runs/many/', 's3://runs/many');
    const own = [...numbers.map((n) => `s3://runs/many/data_${n}.csv`), 's3://runs/many/inner/data_0.csv'];
    assert.deepEqual(
      found.map(({ name }) => name),
      [...own, ...own, 's3://runs/manyfold.csv'],
    );
    assert.equal(found[11].bytesTotal, row(11).length);
  });

  it('may have any key; one that is exactly as given stands for itself', async () => {
    const keys = ['odd/a b+c%20d.csv', 'odd/ü#?&=.csv', 'odd/q\'u"o<te>.csv', 'odd/run', 'odd/run2'];
    for (const key of keys) await filler.put('runs', key, row(1));
    for (const key of keys) assert.equal((await summaryOfKey(key)).ledger.rows_read, 1, key);
    async function summaryOfKey(key: string): Promise<ReturnType<typeof summaryOf>> {
      return summaryOf(await runCli(['process', `s3://runs/${key}`, '--summary', '--quiet'], { env }));
    }
  });

  it('warn when a prefix holds one name in two kinds', async () => {
    for (const name of ['run_1.dat', 'run_1.txt']) await filler.put('runs', `twins/${name}`, '');
    const result = await runCli(['process', 's3://runs/twins/', '--summary', '--quiet', '--threads', '1'], { env });
    assert.match(
      result.stderr,
      /^dtstream: s3:\/\/runs\/twins\/: .*run_1\.dat and .*run_1\.txt may hold the same hits/,
    );
  });

  it('do not grow: --follow is wrong usage', async (t) => {
    const result = await produce(tempFolder(t), 's3://runs/kinds/a.csv', '--follow');
    assertFails(result, 2, /--follow needs a file: an object in S3 never grows, got s3:\/\/runs\/kinds\/a\.csv$/m);
  });

  for (const [name, format] of [
    ['run.csv', 'csv'],
    ['run.dat', 'words'],
    ['run.csv.gz', 'csv'],
  ] as const) {
    it(`are produced on from the last row after kill -9, here ${name}`, async (t) => {
      const [first, second] = [await simulated(20_000, format), await simulated(15_000, format)];
      const pack = (bytes: Buffer): Buffer => (name.endsWith('.gz') ? gzipSync(bytes) : bytes);
      await filler.put('runs', `resume-${name}/1_${name}`, pack(first));
      await filler.put('runs', `resume-${name}/2_${name}`, pack(second));
      const folder = tempFolder(t);
      const produced = await openProduced(t, folder);
      const args = ['produce', `s3://runs/resume-${name}/`, '--resume', '--rate', '50k', '--linger', '1ms'];
      let written = 0;
      for (let round = 0; round < 2; round++) {
        const running = startCli(args, { cwd: folder, env });
        written = await produced.moreThan(written);
        running.child.kill('SIGKILL');
        await running.result();
      }
      const result = await runCli(args, { cwd: folder, env });
      assertDone(result);
      assert.match(result.stderr, /, [\d,]+ rows were written before\n$/);
      const texts = format === 'csv' ? textsOfLines : textsOfWords;
      await assertProduced(folder, [...texts(first), ...texts(second)]);
    });
  }

  const bundled = process.env.DTSTREAM_TEST_BINARY !== undefined && 'the executable has no packages to look at';
  it('load the SDK only when one is named', { skip: bundled }, async (t) => {
    const folder = tempFolder(t, { 'run.csv': row(1) });
    const loads = async (input: string): Promise<boolean> => {
      const args = ['process', input, '--summary', '--threads', '1'];
      const result = await runCli(args, { cwd: folder, env: { ...env, NODE_OPTIONS: `--import ${sdkProbe}` } });
      assert.equal(result.code, 0, result.stderr);
      return result.stderr.includes('the SDK was loaded');
    };
    await filler.put('runs', 'one.csv', row(1));
    assert.equal(await loads('s3://runs/one.csv'), true);
    assert.equal(await loads('run.csv'), false);
  });

  describe('of run 591', { skip: run591Path() === undefined && run591Absent }, () => {
    const prefix = 's3://runs/run591/';
    const totals = [24_253, 35_907, 60_564, 36_572];
    let words591: Buffer;
    before(async () => {
      words591 = readFileSync(run591Path() ?? '');
      const step = 8 * 15_000;
      for (let at = 0, n = 0; at < words591.length; at += step, n++) {
        await filler.put('runs', `run591/data_${n}.dat`, words591.subarray(at, at + step));
      }
    });

    it('give the totals of the run in direct mode', async () => {
      assertTotals(await summary(prefix));
    });

    /** Produced, processed, verified; the sums of all messages. */
    const throughLog = async (folder: string, ...log: readonly string[]): Promise<Totals> => {
      assertDone(await produce(folder, prefix, '--rows-per-message', '64', ...log));
      await run(folder, 'process', '--until-end', '--quiet', '--threads', '2', ...log);
      assert.match((await run(folder, 'verify', '--quiet', ...log)).stdout, /^equal over 159,616 rows/);
      const { stdout } = await run(folder, 'watch', '--until-end', '--json', '--from', 'earliest', ...log);
      return sumOf(messagesOf({ stdout }));
    };

    it('give them through the embedded log, and verify finds them equal', async (t) => {
      assertTotals(await throughLog(tempFolder(t)));
    });

    it('give them through Kafka, and verify finds them equal', { skip: skipKafka }, async (t) => {
      const broker = await startBroker();
      t.after(() => broker.close());
      assertTotals(await throughLog(tempFolder(t), '--brokers', broker.brokers, '--broker-wait', '30s'));
    });

    interface Totals {
      readonly hit_count_chamber: readonly number[];
      readonly ledger: { readonly rows_read: number; readonly dropped: { readonly channel: number } };
    }

    function assertTotals(found: object): void {
      const { hit_count_chamber, ledger } = found as Totals;
      assert.deepEqual(hit_count_chamber, totals);
      assert.deepEqual([ledger.rows_read, ledger.dropped.channel], [159_616, 2320]);
    }

    function sumOf(messages: readonly Totals[]): Totals {
      const sum = (pick: (message: Totals) => number): number => messages.reduce((all, one) => all + pick(one), 0);
      return {
        hit_count_chamber: totals.map((_, chamber) => sum((message) => message.hit_count_chamber[chamber])),
        ledger: {
          rows_read: sum(({ ledger }) => ledger.rows_read),
          dropped: { channel: sum(({ ledger }) => ledger.dropped.channel) },
        },
      };
    }
  });
});

/** Says on stderr, at the end of the main thread, whether the part of the bundle that has the SDK was loaded. */
const sdkProbe = `data:text/javascript,${encodeURIComponent(
  `import { createRequire } from 'node:module';
   import { isMainThread } from 'node:worker_threads';
   const { cache } = createRequire('file:///');
   if (isMainThread) process.on('exit', () => {
     if (Object.keys(cache).some((path) => path.endsWith('s3-inputs.js'))) console.error('the SDK was loaded');
   });`,
)}`;

/** Runs something in this process with variables that are put back afterwards. */
async function withEnv<T>(env: Readonly<Record<string, string>>, action: () => Promise<T>): Promise<T> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    return await action();
  } finally {
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[name];
    }
  }
}
