import { hitHead } from './codes';
import { keyOf } from './keys';

/**
 * Decodes little-endian 64-bit DAQ words, layout in src/domain/word.ts.
 *
 * @param words u64 a word
 * @param wires row codes by `fpga * 512 + channel`, u16
 * @param orbits u32 a word
 * @param keys u32 a word
 */
export function decodeWords(words: usize, count: u32, wires: usize, orbits: usize, keys: usize): void {
  for (let index: u32 = 0; index < count; index++) {
    const word = load<u64>(words + (index << 3));
    // FPGA and TDC_CHANNEL side by side are the wire's index.
    const code = i32(load<u16>(wires + ((u32(word >>> 49) & 0xfff) << 1)));
    const ifHit = -i32(i32(word >>> 61) == hitHead);
    store<u32>(orbits + (index << 2), u32(word >>> 17));
    store<i32>(keys + (index << 2), keyOf(code, i32(u32(word) >>> 5) & 0xfff, i32(word) & 0x1f, ifHit));
  }
}
