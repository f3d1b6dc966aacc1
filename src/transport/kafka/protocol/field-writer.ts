/**
 * Writes the types of the Kafka protocol, big-endian, growing as needed. `buf` and `buffer` are what kafkajs takes a
 * request from.
 */
export class FieldWriter {
  #bytes: Buffer;
  #at = 0;

  constructor(bytesExpected = 512) {
    this.#bytes = Buffer.allocUnsafe(bytesExpected);
  }

  get buf(): Buffer {
    return this.#bytes;
  }

  /** What was written. */
  get buffer(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  int8(value: number): this {
    this.#at = this.#room(1).writeInt8(value, this.#at);
    return this;
  }

  int16(value: number): this {
    this.#at = this.#room(2).writeInt16BE(value, this.#at);
    return this;
  }

  int32(value: number): this {
    this.#at = this.#room(4).writeInt32BE(value, this.#at);
    return this;
  }

  int64(value: number): this {
    this.#at = this.#room(8).writeBigInt64BE(BigInt(value), this.#at);
    return this;
  }

  /** A length of 16 bits before the text; null is a length of -1. */
  string(value: string | null): this {
    if (value === null) return this.int16(-1);
    const text = Buffer.from(value);
    return this.int16(text.length).raw(text);
  }

  /** A varint of length + 1 before the text; null is 0. */
  compactString(value: string | null): this {
    if (value === null) return this.uvarint(0);
    const text = Buffer.from(value);
    return this.uvarint(text.length + 1).raw(text);
  }

  uvarint(value: number): this {
    let rest = value;
    while (rest > 0x7f) {
      this.#byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    return this.#byte(rest);
  }

  /** The end of a structure of a flexible version: no tagged fields. */
  noTags(): this {
    return this.int8(0);
  }

  array<T>(items: readonly T[], write: (item: T) => void): this {
    this.int32(items.length);
    items.forEach(write);
    return this;
  }

  compactArray<T>(items: readonly T[], write: (item: T) => void): this {
    this.uvarint(items.length + 1);
    items.forEach(write);
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#room(bytes.length).set(bytes, this.#at);
    this.#at += bytes.length;
    return this;
  }

  #byte(value: number): this {
    this.#at = this.#room(1).writeUInt8(value, this.#at);
    return this;
  }

  #room(count: number): Buffer {
    const size = this.#at + count;
    if (size > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, size));
      larger.set(this.buffer);
      this.#bytes = larger;
    }
    return this.#bytes;
  }
}
