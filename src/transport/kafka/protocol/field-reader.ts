/**
 * Reads the types of the Kafka protocol, big-endian. For any bytes, time and memory are proportional to their number:
 * announced data must be present, and every item of a list takes at least one byte.
 *
 * @throws RangeError beyond the end, and for an impossible number or count
 */
export class FieldReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#move(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#move(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#move(4));
  }

  /** Offsets, ids and times stay below 2^53. */
  int64(): number {
    return Number(this.#bytes.readBigInt64BE(this.#move(8)));
  }

  string(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.raw(length).toString();
  }

  compactString(): string | null {
    const length = this.uvarint() - 1;
    return length < 0 ? null : this.raw(length).toString();
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#move(1));
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new RangeError('a number in a Kafka response must have at most 5 bytes');
  }

  /** Skips the tagged fields that end a structure of a flexible version. */
  tags(): void {
    for (let left = this.uvarint(); left > 0; left--) {
      this.uvarint(); // ends the loop, too: it throws where no bytes are left
      this.raw(this.uvarint());
    }
  }

  array<T>(read: () => T): T[] {
    return this.#items(this.int32(), read);
  }

  compactArray<T>(read: () => T): T[] {
    return this.#items(this.uvarint() - 1, read);
  }

  /** Bytes behind a length of 32 bits; null is a length of -1. */
  bytes(): Buffer | null {
    const length = this.int32();
    return length < 0 ? null : this.raw(length);
  }

  /** The next bytes, in the memory they came in. */
  raw(count: number): Buffer {
    const from = this.#move(count);
    return this.#bytes.subarray(from, from + count);
  }

  #items<T>(count: number, read: () => T): T[] {
    const bytesLeft = this.#bytes.length - this.#at;
    if (count > bytesLeft) throw new RangeError(`a list of a Kafka response has ${count} items in ${bytesLeft} bytes`);
    const items: T[] = [];
    for (let i = 0; i < count; i++) items.push(read());
    return items;
  }

  #move(count: number): number {
    const from = this.#at;
    if (count < 0 || from + count > this.#bytes.length) {
      throw new RangeError(`a Kafka response must have ${from + count} bytes, got ${this.#bytes.length}`);
    }
    this.#at = from + count;
    return from;
  }
}
