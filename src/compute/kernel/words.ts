import { droppedHead, hitHead } from './codes';

/**
 * Decodes little-endian 64-bit DAQ words, layout in src/domain/word.ts.
 *
 * @param words u64 a word
 * @param wires row codes by `fpga * 512 + channel`, u16
 * @param orbits u32 a word
 * @param codes u16 a word
 */
export function decodeWords(words: usize, count: u32, wires: usize, orbits: usize, codes: usize): void {
  for (let index: u32 = 0; index < count; index++) {
    const word = load<u64>(words + (index << 3));
    // FPGA and TDC_CHANNEL side by side are the wire's index.
    const code = i32(load<u16>(wires + ((u32(word >>> 49) & 0xfff) << 1)));
    const ifHit = -i32(i32(word >>> 61) == hitHead);
    store<u32>(orbits + (index << 2), u32(word >>> 17));
    store<u16>(codes + (index << 1), (code & ifHit) | (droppedHead & ~ifHit));
  }
}
