import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { type TestContext, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { csvHeader } from '../../src/domain/hit.js';
import { expandInputs } from '../../src/sources/expand-inputs.js';
import type { HitSource } from '../../src/sources/hit-source.js';
import { type InputWarning, type WarnInput } from '../../src/sources/input-error.js';
import type { InputFormat } from '../../src/sources/input-format.js';
import { openAll, openSource } from '../../src/sources/open-source.js';
import { run591Words } from '../helpers/run591.js';
import { someHits, wordsOf } from './words/hit-words.js';
import { MemoryReader } from './memory-reader.js';
import { readAll, readUntilEnd } from './read-all.js';
import { tempFolder, tempPipe } from './temp-folder.js';
import type { InputFile } from '../../src/sources/input-file.js';

const stdinFile = { kind: 'stdin', name: 'stdin', bytesTotal: undefined } as const;
const noWarning: WarnInput = ({ message }) => assert.fail(message);
const rows = `${csvHeader}\r\n2,0,5,100,200,3\r\n2,1,6,101,201,4`;
const words = wordsOf(someHits(100));

/** Opens content under a name, or as standard input where the name is `-`. */
async function open(
  t: TestContext,
  name: string,
  content: string | Uint8Array,
  options: { format?: InputFormat; warn?: WarnInput } = {},
): Promise<HitSource> {
  const { format = 'auto', warn = noWarning } = options;
  const stdin = Readable.from([Buffer.from(content)], { objectMode: false });
  const [file] = name === '-' ? [stdinFile] : await expandInputs([join(tempFolder(t, { [name]: content }), name)]);
  const source = await openSource(file, { format, warn, stdin });
  t.after(() => source.close());
  return source;
}

describe('openSource', () => {
  test('reads text and words by name, packed or not, and by content under any other name', async (t) => {
    const cases = { csv: Buffer.from(rows), words };
    const names = {
      csv: ['a.csv', 'a.txt', 'a.csv.gz', 'a', 'a.log', 'a.gz', '-'],
      words: ['a.dat', 'A.DAT', 'a.dat.gz', 'a', 'a.bin', 'a.gz', '-'],
    };
    for (const format of ['csv', 'words'] as const) {
      for (const name of names[format]) {
        // Packed content is known by its first bytes, also under a name that does not say so.
        const contents = name.endsWith('.gz') ? [gzipSync(cases[format])] : [cases[format], gzipSync(cases[format])];
        for (const content of contents) {
          const source = await open(t, name, content);
          assert.equal(source.format, format, name);
          assert.equal(basename(source.name), name === '-' ? 'stdin' : name);
          assert.deepEqual(await readAll(source, [100]), cases[format], name);
          assert.equal(source.bytesDone, content.length);
          assert.equal(source.bytesTotal, name === '-' ? undefined : content.length);
        }
      }
    }
  });

  test('takes the format that it is told over name and content', async (t) => {
    assert.equal((await open(t, 'a.csv', words, { format: 'dat' })).format, 'words');
    assert.equal((await open(t, 'a.dat', words, { format: 'csv' })).format, 'csv');
    assert.equal(
      (await open(t, '-', rows.padEnd(rows.length + 8 - (rows.length % 8)), { format: 'dat' })).format,
      'words',
    );
  });

  test('gives the same bytes for any sizes of reads, into shared memory too', async (t) => {
    const folder = tempFolder(t, {
      'a.csv': rows,
      'a.dat': words,
      'b.csv': `x;${csvHeader.replaceAll(',', ';')}\n0;2;0;5;1;2;3\n`,
    });
    const files = await expandInputs([folder]);
    const expected = [Buffer.from(rows), words, Buffer.from('2,0,5,1,2,3\n')];
    const sizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.nat(2), sizes, async (index, targets) => {
        const source = await openSource(files[index], { format: 'auto', columns: 'canonical', warn: noWarning });
        const shared = new Uint8Array(new SharedArrayBuffer(2000));
        let filled = 0;
        for (let turn = 0, count = -1; count !== 0; turn++) {
          count = await source.read(shared.subarray(filled, filled + targets[turn % targets.length]));
          filled += count;
        }
        await source.close();
        assert.deepEqual(Buffer.from(shared.slice(0, filled)), expected[index]);
      }),
      { numRuns: 30 },
    );
  });

  test('an empty input has no rows, whatever its name', async (t) => {
    for (const name of ['a.csv', 'a.dat', 'a', 'a.csv.gz', '-']) {
      assert.equal((await readAll(await open(t, name, ''))).length, 0);
    }
    assert.equal((await readAll(await open(t, 'a.csv.gz', gzipSync('')))).length, 0);
  });

  test('words that end in the middle of one keep the whole ones and warn of the rest, packed and from standard input too', async (t) => {
    const torn = words.subarray(0, 797);
    for (const [name, content] of [
      ['a.dat', torn],
      ['a.dat.gz', gzipSync(torn)],
      ['-', torn],
      ['-', gzipSync(torn)],
    ] as const) {
      const warnings: InputWarning[] = [];
      const source = await open(t, name, content, { warn: (warning) => warnings.push(warning) });
      assert.deepEqual(await readAll(source), words.subarray(0, 792));
      assert.equal(warnings.length, 1);
      assert.match(warnings[0].message, /: 5 bytes at offset 792 are not a whole 8-byte word and were left out$/);
      assert.deepEqual([warnings[0].source, warnings[0].offset, warnings[0].bytes], [source.name, 792, 5]);
    }
  });

  test('a packed file that is cut off gives its rows, then names file and offset', async (t) => {
    const packed = gzipSync(rows);
    for (const [name, content, whole] of [
      ['a.csv.gz', packed.subarray(0, -4), Buffer.from(rows)],
      ['a.dat.gz', gzipSync(words).subarray(0, -4), words],
      ['-', packed.subarray(0, -4), Buffer.from(rows)],
    ] as const) {
      const source = await open(t, name, content);
      const { bytes, failure } = await readUntilEnd(source);
      assert.deepEqual(bytes, whole);
      assert.match(
        String(failure),
        new RegExp(
          `DtstreamError: cannot read .*${source.name}: near offset ${content.length} of the packed bytes: gzip is cut off in the trailer of member 1`,
        ),
      );
    }
  });

  test('a .gz that is not gzip is refused', async (t) => {
    await assert.rejects(open(t, 'a.csv.gz', rows), {
      code: 'input',
      message: /a\.csv\.gz: offset 0: a \.gz file must begin as gzip/,
    });
  });

  test('a header that lacks a column is refused with file and line, and the input is closed', async (t) => {
    const refused = open(t, 'a.csv', 'HEAD,FPGA\n');
    await assert.rejects(refused, { code: 'input', message: /a\.csv: line 1: .*missing: TDC_CHANNEL/ });
    const stdin = Readable.from([Buffer.from('HEAD,FPGA\n')], { objectMode: false });
    await assert.rejects(
      openSource(stdinFile, { format: 'auto', warn: noWarning, stdin }),
      /cannot read stdin: line 1: /,
    );
    assert.ok(stdin.destroyed);
  });

  test('a file that went away since it was found is named', async () => {
    const gone: InputFile = { kind: 'file', name: 'gone.csv', bytesTotal: 1 };
    await assert.rejects(openSource(gone, { format: 'auto', warn: noWarning }), {
      code: 'input',
      message: /gone\.csv: no such file/,
    });
  });

  test('reads a named pipe as it is written', async (t) => {
    const pipe = tempPipe(t);
    const [file] = await expandInputs([pipe]);
    const [source] = await Promise.all([openSource(file, { format: 'auto', warn: noWarning }), writeFile(pipe, rows)]);
    assert.equal(source.format, 'csv');
    assert.equal((await readAll(source)).toString(), rows);
    await source.close();
  });

  test('standard input is delivered as it comes: a first line is not held back for more', async () => {
    const stdin = new PassThrough();
    stdin.write('2,0,5,100,200,3\n');
    const source = await openSource(stdinFile, { format: 'auto', warn: noWarning, stdin });
    const target = new Uint8Array(100);
    assert.equal(await source.read(target), 16);
    await source.close();
  });

  test('reads the standard input of the process', async () => {
    const script = `import { openSource } from ${JSON.stringify(new URL('../../src/sources/open-source.js', import.meta.url).href)};
      const source = await openSource({ kind: 'stdin', name: 'stdin' }, { format: 'auto', warn: console.error });
      const target = new Uint8Array(100);
      for (let count; (count = await source.read(target)) > 0; ) process.stdout.write(target.slice(0, count));
      await source.close();`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(gzipSync(rows));
    assert.equal(Buffer.concat(await child.stdout.toArray()).toString(), rows);
  });

  test('an abort ends a wait while the format is looked for, and every later read', async () => {
    const stop = new AbortController();
    const opening = openSource(stdinFile, {
      format: 'auto',
      warn: noWarning,
      stdin: new PassThrough(),
      signal: stop.signal,
    });
    stop.abort(new Error('told to stop'));
    const source = await opening;
    await assert.rejects(source.read(new Uint8Array(8)), /told to stop/);
    await source.close();
  });

  test(
    'reads the real words of run 591',
    { skip: run591Words() === undefined && 'run 591 is not at hand' },
    async () => {
      const [file] = await expandInputs([
        new URL('../../../../shared/data/run591/data_000000.dat', import.meta.url).pathname,
      ]);
      const source = await openSource(file, { format: 'auto', warn: noWarning });
      assert.equal(source.format, 'words');
      assert.deepEqual(await readAll(source, [100_000]), run591Words());
      await source.close();
    },
  );
});

describe('openAll', () => {
  const options = { format: 'auto', warn: noWarning } as const;

  test('opens one input after the other and closes each', async (t) => {
    const files = await expandInputs([tempFolder(t, { 'a_1.csv': rows, 'a_2.dat': words, 'a_10.csv': '' })]);
    const seen: [string, string, number][] = [];
    for await (const source of openAll(files, options)) {
      seen.push([basename(source.name), source.format, (await readAll(source)).length]);
    }
    assert.deepEqual(seen, [
      ['a_1.csv', 'csv', rows.length],
      ['a_2.dat', 'words', 800],
      ['a_10.csv', 'csv', 0],
    ]);
  });

  test('opens an input only when it is its turn, and closes the one before', async (t) => {
    const [first] = await expandInputs([tempFolder(t, { 'a.csv': rows })]);
    const sources = openAll([first, { kind: 'file', name: 'gone.csv', bytesTotal: 1 }], options);
    const opened = await sources.next();
    assert.ok(opened.done === false);
    await assert.rejects(sources.next(), { message: /gone\.csv/ });
    await assert.rejects(opened.value.read(new Uint8Array(1000)), { message: /file closed|bad file descriptor/ });
  });

  test('closes the input at hand when the loop ends early', async (t) => {
    const files = await expandInputs([tempFolder(t, { 'a.dat': words, 'b.csv': rows })]);
    let last: HitSource | undefined;
    for await (const source of openAll(files, options)) {
      last = source;
      break;
    }
    assert.ok(last !== undefined);
    const { failure } = await readUntilEnd(last);
    assert.match(String(failure), /file closed|bad file descriptor/);
  });

  test('opens nothing more once the signal aborts', async (t) => {
    const files = await expandInputs([tempFolder(t, { 'a.csv': rows, 'b.csv': rows })]);
    const stop = new AbortController();
    let count = 0;
    for await (const source of openAll(files, { ...options, signal: stop.signal })) {
      assert.match(source.name, /a\.csv$/);
      count++;
      stop.abort();
    }
    assert.equal(count, 1);
  });

  test('prefetches the input after the one at hand where it is remote, and lets go of it when the loop ends', async () => {
    const said: string[] = [];
    const remote = (name: string): InputFile => ({
      kind: 's3',
      name,
      bytesTotal: rows.length,
      object: {
        prefetch: () => said.push(`prefetch ${name}`),
        drop: () => said.push(`drop ${name}`),
        open: () => {
          said.push(`open ${name}`);
          return new MemoryReader(rows);
        },
      },
    });
    for await (const source of openAll([remote('a.csv'), remote('b.csv'), remote('c.csv')], options)) {
      said.push(`read ${source.name}`);
      if (source.name === 'b.csv') break;
    }
    const a = ['open a.csv', 'prefetch b.csv', 'read a.csv'];
    assert.deepEqual(said, [...a, 'open b.csv', 'prefetch c.csv', 'read b.csv', 'drop c.csv']);
  });
});
