/** What the Java clients write before their blocks. */
const javaMagic = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0);
const javaHeaderBytes = 16;

/**
 * The blocks of packed records, each a piece that snappy unpacks: one as most clients write them, several as the Java
 * clients do.
 *
 * ```
 *  block                                                           librdkafka, kafkajs, we
 *  \x82SNAPPY\0 │ version i32 │ compatible i32 │ length i32, block …     Java, kafka-python
 * ```
 */
export function snappyBlocks(bytes: Uint8Array): Uint8Array[] {
  if (!javaMagic.every((byte, i) => bytes[i] === byte)) return [bytes];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const blocks: Uint8Array[] = [];
  for (let at = javaHeaderBytes; at < bytes.length;) {
    const length = view.getInt32(at);
    const from = at + 4;
    at = from + length;
    if (length < 0 || at > bytes.length) throw new RangeError('a snappy block goes beyond its batch');
    blocks.push(bytes.subarray(from, at));
  }
  return blocks;
}

/** What a block unpacks to, in bytes: the varint at its beginning. */
export function snappyBytes(block: Uint8Array): number {
  let value = 0;
  for (let i = 0; i < 5; i++) {
    value += (block[i] & 0x7f) * 2 ** (7 * i);
    if (block[i] < 0x80) return value;
  }
  throw new RangeError('a snappy block must begin with its size');
}
