/**
 * Numbers [from, to) as a plain list, as JSON has them. By index: spread into a list, each number takes several times as
 * long, and a message with physics has thousands.
 */
export function plainNumbers(numbers: Uint32Array | Float64Array, from = 0, to = numbers.length): number[] {
  const list = new Array<number>(to - from);
  for (let index = from; index < to; index++) list[index - from] = numbers[index];
  return list;
}
