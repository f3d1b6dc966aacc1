import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { formatHit } from '../../../src/domain/hit.js';
import { assertFails, runCli, runCommand, summaryOf } from '../../helpers/program/cli.js';
import { someHits, wordsOf } from '../../sources/words/hit-words.js';
import { tempFolder } from '../../sources/temp-folder.js';
import { packedFrame, rawFrame, skippableFrame } from '../../sources/packed/zstd-frames.js';

const hits = someHits(3000);
const words = wordsOf(hits);
const rows = Buffer.from(`${hits.map(formatHit).join('\n')}\n`);
const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), Buffer.alloc(3000, 7)]);

/** With one bit changed, so many bytes before the end. */
function brokenAt(bytes: Buffer, beforeEnd: number): Buffer {
  const broken = Buffer.from(bytes);
  broken[bytes.length - beforeEnd] ^= 1;
  return broken;
}

/** The summary of one input, as a file or on standard input where the name is `-`. */
async function summarise(t: TestContext, name: string, content: Buffer): Promise<ReturnType<typeof summaryOf>> {
  const folder = tempFolder(t, name === '-' ? {} : { [name]: content });
  const result = await runCli(['process', name, '--summary'], { cwd: folder, stdin: name === '-' ? content : '' });
  assert.deepEqual([result.code, result.stderr], [0, ''], name);
  return summaryOf(result);
}

describe('dtstream process', () => {
  test('counts the same from every packing and under every name', async (t) => {
    const expected = await summarise(t, 'run.dat', words);
    assert.equal(expected.ledger.rows_read, 3000);
    const half = rows.lastIndexOf(0x0a, rows.length >> 1) + 1;
    const [first, second] = [rows.subarray(0, half), rows.subarray(half)];
    const inputs: readonly (readonly [string, Buffer])[] = [
      ['run.csv', rows],
      ['run', words],
      ['-', words],
      // Text is text whatever its name.
      ['text.dat', rows],
      // zstd, in frames of its own and of pzstd.
      ['run.csv.zst', await packedFrame(rows, { checksum: true })],
      ['run.dat.zst', await packedFrame(words)],
      ['run', Buffer.concat([skippableFrame(Buffer.alloc(4)), await packedFrame(rows)])],
      ['-', Buffer.concat([await packedFrame(first), rawFrame([second], { checksum: true })])],
      // Members behind a gap of zeros count, blanks and line ends behind the last one pass.
      ['run.csv.gz', Buffer.concat([gzipSync(first), Buffer.alloc(70_000), gzipSync(second)])],
      ['run.csv.gz', Buffer.concat([gzipSync(rows), Buffer.from('\n')])],
      ['-', Buffer.concat([gzipSync(rows), Buffer.from(' \r\n\0')])],
    ];
    for (const [name, content] of inputs) assert.deepEqual(await summarise(t, name, content), expected, name);
  });

  test('takes text with a byte of Latin-1 on standard input for text', async () => {
    const title = Buffer.from('# Temp\xe9rature 20 \xb0C\n', 'latin1');
    const { stdout } = await runCli(['process', '-', '--summary'], { stdin: Buffer.concat([title, rows]) });
    const { ledger } = summaryOf({ stdout });
    assert.ok(ledger.rows_read === 3000 || ledger.rows_read === 3001);
    assert.equal(ledger.hits + ledger.scintillator + ledger.dropped.channel, 3000);
  });

  test('counts the rows before what is wrong behind or inside of a packed file, then fails', async (t) => {
    const zstd = await packedFrame(rows, { checksum: true });
    for (const [name, content, problem] of [
      [
        'junk.csv.gz',
        Buffer.concat([gzipSync(rows), Buffer.from('\njunk')]),
        /what follows the last member is neither/,
      ],
      ['crc.csv.gz', brokenAt(gzipSync(rows), 8), /the checksum of member 1 must match the unpacked bytes/],
      ['cut.csv.gz', gzipSync(rows).subarray(0, -3), /gzip is cut off in the trailer of member 1/],
      ['junk.csv.zst', Buffer.concat([zstd, Buffer.from('junk')]), /what follows the last frame is neither/],
      ['sum.csv.zst', brokenAt(zstd, 4), /the checksum of frame 1 must match the unpacked bytes/],
      ['cut.csv.zst', zstd.subarray(0, -2), /Zstandard is cut off in the checksum of frame 1/],
    ] as const) {
      const result = await runCommand(['process', name, '--summary'], { cwd: tempFolder(t, { [name]: content }) });
      assertFails(result, 1, problem);
      assert.equal(summaryOf(result).ledger.rows_read, 3000, name);
    }
  });

  test('makes no hits of what is none', async (t) => {
    const folder = tempFolder(t, { 'data_0.csv': rows, 'data_1.csv': png, 'data_2.csv.gz': gzipSync(gzipSync(rows)) });
    writeFileSync(join(folder, 'swapped.dat'), Buffer.from(words).swap64());
    writeFileSync(join(folder, 'words.csv.gz'), gzipSync(words));
    for (const [input, problem] of [
      [folder, /cannot read .*data_1\.csv: this is a PNG image, not hits/],
      ['data_[02]*', /cannot read data_2\.csv\.gz: this is gzip inside gzip: unpack it first/],
      ['swapped.dat', /cannot read swapped\.dat: the words are big-endian/],
      ['words.csv.gz', /cannot read words\.csv\.gz: these are DAQ words, but the name says text/],
      [
        '-',
        /cannot read stdin: neither text nor plausible DAQ words \(0 of 376 words look like hits\); .* --input-format dat/,
      ],
    ] as const) {
      const stdin = input === '-' ? Buffer.alloc(3008, 7) : '';
      assertFails(await runCli(['process', input, '--summary'], { cwd: folder, stdin }), 1, problem);
    }
    const told = await runCommand(['process', 'words.csv.gz', '--summary', '--input-format', 'dat'], { cwd: folder });
    assert.equal(summaryOf(told).ledger.rows_read, 3000);
  });

  test('says of a .dat that hardly looks like words that it is read by its name', async (t) => {
    const folder = tempFolder(t, { 'x.dat': Buffer.alloc(3008, 7) });
    const { code, stderr } = await runCommand(['process', 'x.dat', '--summary', '--quiet'], { cwd: folder });
    assert.equal(code, 0);
    assert.match(
      stderr,
      /x\.dat: hardly looks like DAQ words \(0 of 376 words look like hits\), and is read as such because/,
    );
  });
});

test('dtstream produce reads Zstandard as it comes', async (t) => {
  const folder = tempFolder(t, { 'run.csv.zst': await packedFrame(rows) });
  const store = ['--store', join(folder, 'store')];
  const produced = await runCommand(['produce', 'run.csv.zst', '--rate', 'max', ...store], { cwd: folder });
  assert.equal(produced.code, 0, produced.stderr);
  const processed = await runCommand(['process', '--until-end', ...store], { cwd: folder });
  assert.equal(processed.code, 0, processed.stderr);
  const verified = await runCommand(['verify', ...store], { cwd: folder });
  assert.match(verified.stdout + verified.stderr, /equal over 3,?000 rows/);
});
