/** The values of the last 0 to 4 of four digits, and of the last 0 to 8 of eight; lengths beyond lead to anything. */
const masks4 = memory.data<u32>([0, 0x0f000000, 0x0f0f0000, 0x0f0f0f00, 0x0f0f0f0f], 16);
const masks8 = memory.data<u64>(
  [
    0, 0x0f00000000000000, 0x0f0f000000000000, 0x0f0f0f0000000000, 0x0f0f0f0f00000000, 0x0f0f0f0f0f000000,
    0x0f0f0f0f0f0f0000, 0x0f0f0f0f0f0f0f00, 0x0f0f0f0f0f0f0f0f,
  ],
  16,
);

/** The number that `length` digits, 1 to 4, make before `end`; anything where there are others. */
export function number4(end: usize, length: i32): i32 {
  const digits = load<u32>(end - 4) & load<u32>(masks4 + (length << 2));
  const pairs = digits * 10 + (digits >>> 8);
  return i32((pairs & 0xff) * 100 + ((pairs >>> 16) & 0xff));
}

/** Two such numbers side by side, the second in the upper half. */
export function numbers4(end: usize, length: i32, secondEnd: usize, secondLength: i32): u64 {
  const first = load<u32>(end - 4) & load<u32>(masks4 + (length << 2));
  const second = load<u32>(secondEnd - 4) & load<u32>(masks4 + (secondLength << 2));
  const digits = u64(first) | (u64(second) << 32);
  const pairs = digits * 10 + (digits >>> 8);
  return (pairs & 0x000000ff000000ff) * 100 + ((pairs >>> 16) & 0x000000ff000000ff);
}

/** The same for 1 to 8 digits: pairs, then fours, then eight, side by side in one register. */
export function number8(end: usize, length: i32): u64 {
  const digits = load<u64>(end - 8) & load<u64>(masks8 + (length << 3));
  const pairs = digits * 10 + (digits >>> 8);
  const first = (pairs & 0x000000ff000000ff) * 0x000f424000000064;
  const second = ((pairs >>> 16) & 0x000000ff000000ff) * 0x0000271000000001;
  return (first + second) >>> 32;
}

/** Whether eight bytes are digits. */
export function areEightDigits(at: usize): boolean {
  const values = load<u64>(at) ^ 0x3030303030303030;
  return ((values | (values + 0x7676767676767676)) & 0x8080808080808080) == 0;
}
