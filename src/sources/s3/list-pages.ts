import { S3AnswerError } from './s3-error.js';

/** An object as a listing knows it. */
export interface S3Entry {
  readonly key: string;
  readonly size: number;
  /** Version of its bytes, where the server says one. */
  readonly etag?: string;
}

/** How a page of a listing is asked for: the first one, or what follows, in the ways that servers know. */
export type PageStart =
  | { readonly way: 'first' }
  | { readonly way: 'token'; readonly token: string }
  /** `StartAfter` of version 2 or `Marker` of version 1: keys after this one. */
  | { readonly way: 'start-after' | 'marker'; readonly key: string };

/** A page as the server gave it. */
export interface AnsweredPage {
  readonly entries: readonly S3Entry[];
  /** Whether there are more; undefined where the server does not say. */
  readonly isTruncated: boolean | undefined;
  /** What the next page is asked for by; undefined in version 1. */
  readonly token: string | undefined;
}

/** The ways to request the next page, the best one first. A server that does not know one repeats an earlier page. */
const ways = ['token', 'start-after', 'marker'] as const;
/** Pages in a row without a key: more are no list. */
const emptyPagesMax = 100;

/**
 * All objects of a list, page by page, whatever version of it the server speaks: none twice, and none left out without
 * an error.
 *
 * @param ask gets a page
 * @throws S3AnswerError when pages repeat or contradict themselves; what `ask` throws
 */
export async function* listPages(
  ask: (start: PageStart) => Promise<AnsweredPage>,
): AsyncGenerator<readonly S3Entry[], void, undefined> {
  const seen = new SeenPages();
  let way = 0;
  let emptyPages = 0;
  for (let start: PageStart = { way: 'first' }; ;) {
    const page: AnsweredPage = await ask(start);
    const entries = seen.newOf(page.entries);
    const isRepeated = entries === undefined || isRound(start, page);
    if (!isRepeated) {
      seen.add(entries, start, page.entries.at(0)?.key);
      if (entries.length > 0) yield entries;
      // Where nothing is said of it, there are more until a page has none.
      if (!(page.isTruncated ?? entries.length > 0)) return;
      emptyPages = entries.length > 0 ? 0 : emptyPages + 1;
      if (emptyPages > emptyPagesMax) throw fault('says that keys follow, and has none');
    }
    if (isRepeated) way = ways.indexOf(start.way === 'first' ? 'token' : start.way) + 1;
    else if (page.token === undefined) way = Math.max(way, 1);
    start = seen.next(way, page.token);
  }
}

/** Whether the server has nothing to give, and sends us back to where we are. */
function isRound(start: PageStart, { entries, isTruncated, token }: AnsweredPage): boolean {
  if (start.way === 'first' || entries.length > 0 || isTruncated !== true) return false;
  return start.way !== 'token' || start.token === token;
}

/** State of the pages so far: at most one key per page in memory. */
class SeenPages {
  readonly #firsts = new Set<string>();
  #keyLast: string | undefined;
  #keys = 0;
  /** The first key that does not come after the one before it. By token any order will do, and some servers have one of their own. */
  #misplaced: string | undefined;

  /** The entries that were not there before; undefined for a page that was. */
  newOf(entries: readonly S3Entry[]): readonly S3Entry[] | undefined {
    if (entries.length === 0) return entries;
    if (this.#firsts.has(entries[0].key)) return undefined;
    // Some servers include the key after which they were to continue.
    if (entries[0].key !== this.#keyLast) return entries;
    return entries.length === 1 ? undefined : entries.slice(1);
  }

  /** @param first the key that the page began with, if any */
  add(entries: readonly S3Entry[], start: PageStart, first: string | undefined): void {
    for (const { key } of entries) {
      const order = this.#keyLast === undefined ? -1 : compareBytes(this.#keyLast, key);
      if (order === 0) throw fault(`has ${key} twice`);
      if (order > 0) this.#misplaced ??= key;
      this.#keyLast = key;
    }
    if (start.way === 'start-after' || start.way === 'marker') this.#demandOrder();
    if (first !== undefined) this.#firsts.add(first);
    this.#keys += entries.length;
  }

  /** @throws S3AnswerError when there is no way on */
  next(way: number, token: string | undefined): PageStart {
    if (way === 0 && token !== undefined) return { way: 'token', token };
    const name = ways.at(way);
    const key = this.#keyLast;
    if (name === undefined || name === 'token') {
      throw fault(`repeats itself: after ${this.#keys} keys the server gave again what it had given before`);
    }
    if (key === undefined) throw fault('says that keys follow, and has none');
    this.#demandOrder();
    return { way: name, key };
  }

  /** Continuing after a key would miss keys that come later but belong before it. */
  #demandOrder(): void {
    if (this.#misplaced === undefined) return;
    throw fault(`must have its keys in byte order to be continued after a key, got ${this.#misplaced} too late`);
  }
}

function fault(problem: string): S3AnswerError {
  return new S3AnswerError(`the server's list ${problem}`, { isTransient: false });
}

function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
