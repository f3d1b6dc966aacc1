import { DtstreamError } from '../../errors.js';

/** Bytes of the longest line that is taken: several times the largest message. */
const lineBytesMax = 64 << 20;
const lineEnd = 0x0a;

/**
 * The lines of a stream as bytes, without their ends; empty ones are left out.
 *
 * @throws DtstreamError `input` for one that is longer than 64 MiB
 */
export async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(lineEnd); end >= 0; end = chunk.indexOf(lineEnd, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, end)]);
      [parts, bytes, from] = [[], 0, end + 1];
      if (line.length > 0) yield line;
    }
    parts.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes > lineBytesMax) throw new DtstreamError('input', `cannot read stdin: a line is longer than 64 MiB`);
  }
  if (bytes > 0) yield Buffer.concat(parts);
}
