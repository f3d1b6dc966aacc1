/** Lists one after the other. */
export function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Moves within a list that is put in order, for each of its numbers, before it is sorted as a whole. */
const movesMax = 4;

/** A list put in order: most come nearly so, and to sort these costs much more than to insert a few numbers. */
export function ascending(list: Float64Array): Float64Array {
  let movesLeft = movesMax * list.length;
  for (let next = 1; next < list.length; next++) {
    const value = list[next];
    let at = next;
    for (; at > 0 && list[at - 1] > value; at--) list[at] = list[at - 1];
    list[at] = value;
    movesLeft -= next - at;
    if (movesLeft < 0) return list.sort();
  }
  return list;
}

/** Two ascending lists as one. */
export function mergedPair(one: Float64Array, other: Float64Array = new Float64Array(0)): Float64Array {
  const all = new Float64Array(one.length + other.length);
  let [at, left, right] = [0, 0, 0];
  while (left < one.length && right < other.length) {
    all[at++] = one[left] <= other[right] ? one[left++] : other[right++];
  }
  all.set(one.subarray(left), at);
  all.set(other.subarray(right), at + one.length - left);
  return all;
}
