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
