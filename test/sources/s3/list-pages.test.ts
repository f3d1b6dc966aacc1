import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type AnsweredPage, listPages, type PageStart } from '../../../src/sources/s3/list-pages.js';
import { S3AnswerError } from '../../../src/sources/s3/s3-error.js';

/** A server in memory: which ways to go on it knows, and how well. */
interface Server {
  readonly keys: readonly string[];
  readonly pageKeys: number;
  readonly givesTokens: boolean;
  readonly obeys: { readonly token: boolean; readonly 'start-after': boolean; readonly marker: boolean };
  /** Begins with the key that it was to begin after. */
  readonly isInclusive?: boolean;
  /** Does not say whether there are more. */
  readonly isSilent?: boolean;
}

const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

function answer(server: Server, start: PageStart): AnsweredPage {
  const { keys, pageKeys, givesTokens, obeys, isInclusive = false, isSilent = false } = server;
  let at = 0;
  if (start.way === 'token' && obeys.token) at = Number(start.token);
  if ((start.way === 'start-after' || start.way === 'marker') && obeys[start.way]) {
    at = keys.filter((key) => byBytes(key, start.key) <= (isInclusive ? -1 : 0)).length;
  }
  const entries = keys.slice(at, at + pageKeys).map((key) => ({ key, size: 1 }));
  const isTruncated = at + pageKeys < keys.length;
  return {
    entries,
    isTruncated: isSilent ? undefined : isTruncated,
    token: givesTokens && isTruncated && start.way !== 'marker' ? String(at + pageKeys) : undefined,
  };
}

/** All keys, or what was wrong; a server is asked at most twice as often as it has pages, and a few times more. */
async function list(ask: (start: PageStart) => AnsweredPage, asksMax = 300): Promise<string[] | S3AnswerError> {
  const keys: string[] = [];
  let asks = 0;
  const counted = (start: PageStart): Promise<AnsweredPage> => {
    assert.ok(++asks <= asksMax, 'the list has no end');
    return Promise.resolve(ask(start));
  };
  try {
    for await (const page of listPages(counted)) keys.push(...page.map(({ key }) => key));
  } catch (error) {
    if (error instanceof S3AnswerError) return error;
    throw error;
  }
  return keys;
}

const keysArbitrary = fc
  .uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }), { maxLength: 40 })
  .map((keys) => keys.sort(byBytes));
const servers = fc.record({
  keys: keysArbitrary,
  pageKeys: fc.integer({ min: 1, max: 7 }),
  givesTokens: fc.boolean(),
  obeys: fc.record({ token: fc.boolean(), 'start-after': fc.boolean(), marker: fc.boolean() }),
  isSilent: fc.boolean(),
});

describe('a list of objects', () => {
  it('is complete with every server that knows a way to go on, and else an error that names the repeated page', async () => {
    await fc.assert(
      fc.asyncProperty(servers, async (server) => {
        const found = await list((start) => answer(server, start));
        const { token, 'start-after': startAfter, marker } = server.obeys;
        const isOnePage = server.keys.length <= server.pageKeys && !server.isSilent;
        if (
          isOnePage ||
          server.keys.length === 0 ||
          (server.givesTokens && token && !server.isSilent) ||
          startAfter ||
          marker
        ) {
          assert.deepEqual(found, server.keys);
        } else {
          assert.ok(found instanceof S3AnswerError || server.keys.length <= server.pageKeys);
          if (found instanceof S3AnswerError)
            assert.match(found.message, /the server's list repeats itself: after \d+ keys/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('has no key twice where a server begins with the last one', async () => {
    await fc.assert(
      fc.asyncProperty(servers, async (server) => {
        const obeys = { token: false, 'start-after': true, marker: true };
        const inclusive = { ...server, isInclusive: true, isSilent: false, pageKeys: server.pageKeys + 1, obeys };
        assert.deepEqual(await list((start) => answer(inclusive, start)), server.keys);
      }),
    );
  });

  it('may have an order of its own by token, but not where it is gone on with behind a key', async () => {
    const keys = ['a/x', 'a-b', 'a.csv', 'b'];
    const obeys = { token: true, 'start-after': true, marker: true };
    const server = { keys, pageKeys: 2, givesTokens: true, obeys };
    assert.deepEqual(await list((start) => answer(server, start)), keys);
    for (const pageKeys of [2, 3]) {
      const found = await list((start) => answer({ ...server, pageKeys, givesTokens: false }, start));
      assert.ok(found instanceof S3AnswerError && found.message.includes('in byte order'), String(found));
    }
  });

  it('goes on over empty pages with new tokens, but not for ever', async () => {
    const page = (keys: readonly string[], token?: string): AnsweredPage => ({
      entries: keys.map((key) => ({ key, size: 0 })),
      isTruncated: token !== undefined,
      token,
    });
    const pages = new Map([
      ['', page([], '1')],
      ['1', page(['a'], '2')],
      ['2', page([], '3')],
      ['3', page(['b'])],
    ]);
    const tokenOf = (start: PageStart): string => (start.way === 'token' ? start.token : '');
    assert.deepEqual(await list((start) => pages.get(tokenOf(start)) ?? assert.fail()), ['a', 'b']);

    const nothing = 'says that keys follow, and has none';
    for (const ask of [
      (start: PageStart) => page([], String(Number(tokenOf(start)) + 1)),
      () => page([], 'same'),
      () => ({ ...page([]), isTruncated: true }),
    ]) {
      const found = await list(ask);
      assert.ok(found instanceof S3AnswerError && found.message.includes(nothing), String(found));
    }
    const stuck = await list(({ way }) => ({ ...page(way === 'first' ? ['a'] : []), isTruncated: true }));
    assert.ok(stuck instanceof S3AnswerError && stuck.message.includes('repeats itself: after 1 keys'), String(stuck));
  });

  it('has no key twice on a page either', async () => {
    const entries = ['a', 'b', 'b'].map((key) => ({ key, size: 1 }));
    const found = await list(() => ({ entries, isTruncated: false, token: undefined }));
    assert.ok(found instanceof S3AnswerError && found.message.includes('has b twice'), String(found));
  });
});
