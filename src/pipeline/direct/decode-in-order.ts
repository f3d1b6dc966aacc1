import { type CsvLayout, canonicalLayout, isSameLayout } from '../../domain/csv-layout.js';
import { type DecodedRaw, decodeRaw, type RawDecoding } from './decode-raw.js';
import type { ByteSource } from './loaded-chunks.js';
import { mapAhead } from '../buffers/map-ahead.js';
import type { RawChunk } from './read-chunks.js';

/** A decoded chunk, with the layout that its first line was read by. */
interface DecodedBy extends DecodedRaw {
  readonly layout: CsvLayout;
}

/**
 * Decodes chunks of sources with up to `ahead` of them under way, and yields them in their order, released. A header in
 * the middle of a source changes how all lines after it are read: chunks behind it that were decoded before it was found
 * are decoded again, and those yet to come are decoded right at once.
 *
 * ```
 *  source   │ a;b;c │ a;b;c ▼ header: c;b;a │ c;b;a │ c;b;a │ c;b;a │
 *  decoded   a;b;c    a;b;c → c;b;a           again   again   c;b;a
 * ```
 */
export async function* decodeInOrder(
  raws: AsyncIterable<RawChunk>,
  ahead: number,
  decoding: RawDecoding,
): AsyncGenerator<DecodedRaw, void, undefined> {
  const layouts = new WeakMap<ByteSource, CsvLayout>();
  const layoutOf = (source: ByteSource): CsvLayout => layouts.get(source) ?? source.layout ?? canonicalLayout;
  const held = new HeldChunks();
  const decode = async (raw: RawChunk): Promise<DecodedBy> => {
    const layout = layoutOf(raw.source);
    held.take(raw);
    try {
      return { ...(await decodeRaw(raw, taskLayout(layout), decoding)), layout };
    } catch (error) {
      held.releaseAll();
      throw error;
    } finally {
      held.isDecoded(raw);
    }
  };
  const chunks = mapAhead(raws, ahead, decode);
  try {
    // Not `for await`: that would end the chunks before those held are released.
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      const { raw, layout: first } = next.value;
      let decoded: DecodedRaw = next.value;
      const layout = layoutOf(raw.source);
      if (!isSameLayout(first, layout)) {
        decoding.freeLists.release(decoded.decoded.lists);
        decoded = await decodeRaw(raw, taskLayout(layout), decoding);
      }
      held.release(raw);
      const after = decoded.decoded.notes?.layout;
      if (after !== undefined) layouts.set(raw.source, after);
      yield decoded;
    }
  } finally {
    // Chunks without a consumer must be released, so that the sources close.
    held.releaseAll();
    await chunks.return();
  }
}

/** What a thread takes for granted goes without saying. */
function taskLayout(layout: CsvLayout): CsvLayout | undefined {
  return layout === canonicalLayout ? undefined : layout;
}

/** Chunks whose bytes may be needed again: each is released once, and not while a thread works on it. */
class HeldChunks {
  readonly #busy = new Set<RawChunk>();
  readonly #done = new Set<RawChunk>();
  #isOver = false;

  take(raw: RawChunk): void {
    this.#busy.add(raw);
  }

  isDecoded(raw: RawChunk): void {
    this.#busy.delete(raw);
    if (this.#isOver) raw.release();
    else this.#done.add(raw);
  }

  release(raw: RawChunk): void {
    if (this.#done.delete(raw)) raw.release();
  }

  /** Releases all, those under way when they are done. */
  releaseAll(): void {
    this.#isOver = true;
    for (const raw of this.#done) raw.release();
    this.#done.clear();
  }
}
