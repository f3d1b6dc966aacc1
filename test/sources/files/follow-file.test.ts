import assert from 'node:assert/strict';
import { appendFile, rename, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { csvHeader } from '../../../src/domain/hit.js';
import { type FollowFileOptions, followFile } from '../../../src/sources/files/follow-file.js';
import type { HitSource } from '../../../src/sources/hit-source.js';
import { someHits, wordsOf } from '../words/hit-words.js';
import { tempFolder } from '../temp-folder.js';

/** A file that is followed, and what came of it. */
class Followed {
  readonly path: string;
  readonly warnings: string[] = [];
  readonly #stop = new AbortController();
  readonly #sources: AsyncGenerator<HitSource, void>;
  source: HitSource | undefined;

  constructor(context: TestContext, path: string, options: Partial<FollowFileOptions> = {}) {
    this.path = path;
    // A read that waits for ever fails its test.
    const timer = setTimeout(() => this.#stop.abort(), 20_000);
    context.after(() => clearTimeout(timer));
    const { signal } = this.#stop;
    const warn = ({ message }: { message: string }): number => this.warnings.push(message);
    this.#sources = followFile(
      { kind: 'file', name: path, bytesTotal: undefined },
      { format: 'auto', warn, signal, ...options },
    );
    context.after(() => this.stop());
  }

  /** Opens the next source: the first one, or the one after {@link readToEnd}. */
  async next(): Promise<HitSource> {
    const { value } = await this.#sources.next();
    assert.ok(value, 'there is a source');
    this.source = value;
    return value;
  }

  /** Reads until so many bytes came. */
  async read(count: number): Promise<string> {
    let text = '';
    for (let more = await this.#readOnce(); more !== ''; more = await this.#readOnce()) {
      text += more;
      if (text.length >= count) break;
    }
    return text;
  }

  /** Reads until the source ends. */
  async readToEnd(): Promise<string> {
    let text = '';
    for (let more = await this.#readOnce(); more !== ''; more = await this.#readOnce()) text += more;
    return text;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#sources.return();
  }

  abort(): void {
    this.#stop.abort();
  }

  /** Whether there are no more sources. */
  async isOver(): Promise<boolean> {
    return (await this.#sources.next()).done === true;
  }

  async #readOnce(): Promise<string> {
    const target = Buffer.alloc(1000);
    const count = (await this.source?.read(target)) ?? 0;
    return target.toString('latin1', 0, count);
  }
}

/** A row of 12 bytes. */
const rowOf = (tdc: number): string => `2,0,1,5,6,${tdc}\n`;

describe('followFile', () => {
  test('gives what is there, then what is added', async (t) => {
    const followed = new Followed(t, join(tempFolder(t, { 'run.csv': `${rowOf(1)}2,0` }), 'run.csv'));
    assert.equal((await followed.next()).format, 'csv');
    assert.equal(await followed.read(12), rowOf(1));
    const more = followed.read(24);
    await appendFile(followed.path, rowOf(2).slice(3));
    await appendFile(followed.path, rowOf(3));
    assert.equal(await more, rowOf(2) + rowOf(3));
  });

  test('waits for the first bytes of an empty file to know its format', async (t) => {
    const followed = new Followed(t, join(tempFolder(t, { run: '' }), 'run'));
    const opened = followed.next();
    await appendFile(followed.path, `${csvHeader}\n2,0,1,5,6,7\n`);
    assert.equal((await opened).format, 'csv');
    assert.match(await followed.read(60), /^HEAD.*\n2,0,1,5,6,7\n$/);
  });

  test('reads a rotated file to its end, then the new one, also where there is none for a while', async (t) => {
    const followed = new Followed(t, join(tempFolder(t, { 'run.csv': rowOf(1) }), 'run.csv'));
    await followed.next();
    assert.equal(await followed.read(12), rowOf(1));
    const rest = followed.readToEnd();
    await rename(followed.path, `${followed.path}.1`);
    await appendFile(`${followed.path}.1`, rowOf(2));
    await writeFile(followed.path, rowOf(3));
    assert.equal(await rest, rowOf(2));
    await followed.next();
    assert.equal(await followed.read(12), rowOf(3));
    assert.deepEqual(followed.warnings, []);
  });

  test('picks the columns of each file by its own header', async (t) => {
    const header = 'FPGA;HEAD;TDC_CHANNEL;ORBIT_CNT;BX_COUNTER;TDC_MEAS';
    const followed = new Followed(t, join(tempFolder(t, { 'run.csv': `${header}\n0;2;3;4;5;6\n` }), 'run.csv'));
    assert.equal((await followed.next()).offset, undefined);
    assert.equal(await followed.read(12), '2,0,3,4,5,6\n');
    const rest = followed.readToEnd();
    await rename(followed.path, `${followed.path}.1`);
    await writeFile(followed.path, `${csvHeader}\n2,1,3,4,5,6\n`);
    assert.equal(await rest, '');
    assert.equal((await followed.next()).offset, 0);
    assert.match(await followed.read(60), /\n2,1,3,4,5,6\n$/);
  });

  test('starts again when the file is truncated, and says so', async (t) => {
    const followed = new Followed(t, join(tempFolder(t, { 'run.csv': rowOf(1) + rowOf(2) }), 'run.csv'));
    await followed.next();
    await followed.read(24);
    const rest = followed.readToEnd();
    await truncate(followed.path);
    await appendFile(followed.path, rowOf(2));
    assert.equal(await rest, '');
    await followed.next();
    assert.equal(await followed.read(12), rowOf(2));
    assert.deepEqual(followed.warnings, [`${followed.path} was truncated: reading it from the start`]);
  });

  test('keeps the start of a word until its end is written', async (t) => {
    const words = wordsOf(someHits(3));
    const followed = new Followed(t, join(tempFolder(t, { 'run.dat': words.subarray(0, 13) }), 'run.dat'));
    assert.equal((await followed.next()).format, 'words');
    assert.equal(await followed.read(1), words.toString('latin1', 0, 8));
    const more = followed.read(1);
    await appendFile(followed.path, words.subarray(13, 17));
    assert.equal(await more, words.toString('latin1', 8, 16));
  });

  test('begins inside of the file', async (t) => {
    const path = join(tempFolder(t, { 'run.csv': 'row 1\nrow 2\nrow 3\n' }), 'run.csv');
    const followed = new Followed(t, path, { from: { format: 'csv', offset: 6 } });
    assert.equal((await followed.next()).offset, 6);
    assert.equal(await followed.read(12), 'row 2\nrow 3\n');
    const short = new Followed(t, path, { from: { format: 'csv', offset: 18 } });
    await assert.rejects(short.next(), { code: 'input', message: /offset 18: it must be longer, .* has 18 bytes/ });
  });

  test('lets a failure through although the signal has aborted, but not the abort itself', async (t) => {
    const path = join(tempFolder(t, { 'run.csv': rowOf(1) }), 'run.csv');
    const open = async (): Promise<{ stop: AbortController; sources: AsyncGenerator<HitSource, void> }> => {
      const stop = new AbortController();
      const options = { format: 'csv', warn: () => undefined, signal: stop.signal } as const;
      const sources = followFile({ kind: 'file', name: path, bytesTotal: undefined }, options);
      await sources.next();
      stop.abort();
      return { stop, sources };
    };
    const { sources: failing } = await open();
    await assert.rejects(failing.throw(new Error('the disk is broken')), /the disk is broken/);
    const { stop, sources: stopped } = await open();
    assert.equal((await stopped.throw(stop.signal.reason)).done, true);
  });

  test('ends its wait when the signal aborts', async (t) => {
    const followed = new Followed(t, join(tempFolder(t, { 'run.csv': rowOf(1) }), 'run.csv'));
    await followed.next();
    await followed.read(12);
    const more = followed.read(1);
    followed.abort();
    await assert.rejects(more, { name: 'AbortError' });
    assert.ok(await followed.isOver());
  });
});
