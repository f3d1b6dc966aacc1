import type { BatchMessage } from '../../domain/batch-message.js';
import { listedOrbits, listsJsonBytes, type OrbitLists, writeListsJson } from './orbit-lists.js';

const key = '"active_tdc_chamber":';

/** A message whose lists of orbits stay packed until they are asked for: they are most of it. */
export class PublishedMessage {
  /**
   * @param head the message with empty lists
   * @param lists by chamber; empty = the lists of `head` are right
   * @param litLast last slot with a row of this message and those before, see `AssemblerState`
   */
  constructor(
    readonly head: BatchMessage,
    private readonly lists: OrbitLists,
    readonly litLast?: number | undefined,
  ) {}

  /** All of it, made anew at each call. */
  get message(): BatchMessage {
    if (this.lists.length === 0) return this.head;
    return { ...this.head, active_tdc_chamber: listedOrbits(this.lists) };
  }

  /** The JSON of {@link message} in UTF-8, made anew at each call. */
  get bytes(): Buffer {
    return jsonOf([this]).bytes;
  }

  /** Its JSON in pieces: the text before the lists, the lists, the text behind them. */
  get pieces(): readonly [before: string, lists: OrbitLists, after: string] {
    const text = JSON.stringify(this.head);
    if (this.lists.length === 0) return [text, [], ''];
    // No text stands before it but the names of keys.
    const from = text.indexOf(key) + key.length;
    const after = text.slice(from + JSON.stringify(this.head.active_tdc_chamber).length);
    return [text.slice(0, from), this.lists, after];
  }
}

/** The JSON of messages one behind the other, written once, and where each one ends. */
export function jsonOf(messages: readonly PublishedMessage[]): { readonly bytes: Buffer; readonly ends: number[] } {
  const pieces = messages.map((message) => message.pieces);
  const lengths = pieces.map(
    ([before, lists, after]) =>
      Buffer.byteLength(before) + (lists.length === 0 ? 0 : listsJsonBytes(lists)) + Buffer.byteLength(after),
  );
  const bytes = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, 0));
  const ends: number[] = [];
  let at = 0;
  for (const [before, lists, after] of pieces) {
    at += bytes.write(before, at);
    if (lists.length > 0) at = writeListsJson(bytes, at, lists);
    at += bytes.write(after, at);
    ends.push(at);
  }
  return { bytes, ends };
}
