/** Words that are all looked at: the first 1 KiB. */
const denseWords = 256;
/** Behind them one word in 128 is: one in every sector of a disk, eight in a page. */
const sparseStep = 128;

/**
 * A checksum that notices a page or sector that was overwritten or never written, which is what happens to a file; it
 * need not notice a single changed byte, which a disk notices itself. A checksum of every byte would cost half the speed
 * of a read (benchmarks/embedded-log.ts).
 *
 * @param bytes starting at a multiple of 4 in its memory
 * @param from a multiple of 4; bytes before it do not count
 * @returns unsigned 32 bit; FNV-1a over words, the length and the last bytes
 */
export function checksumOf(bytes: Uint8Array, from: number): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2);
  const denseTo = Math.min(words.length, denseWords);
  let sum = (0x811c9dc5 ^ bytes.length) | 0;
  for (let i = from >> 2; i < denseTo; i++) sum = Math.imul(sum ^ words[i], 0x01000193);
  for (let i = denseTo; i < words.length; i += sparseStep) sum = Math.imul(sum ^ words[i], 0x01000193);
  for (let i = words.length * 4; i < bytes.length; i++) sum = Math.imul(sum ^ bytes[i], 0x01000193);
  return sum >>> 0;
}
