/** Most stretches of consecutive ids remembered; with more, the oldest hole is given up as never coming. */
export const stretchesMax = 512;

/** Which `msg_ID`s of one producer have come, as stretches `[from, to)` in ascending order that do not touch. */
export interface SeenIds {
  readonly stretches: { from: number; to: number }[];
  /** Ids in holes that were given up. */
  abandoned: number;
}

export function noIds(): SeenIds {
  return { stretches: [], abandoned: 0 };
}

/** Adds an id; false = it was there already. */
export function addId(ids: SeenIds, id: number): boolean {
  const { stretches } = ids;
  // Ids come nearly in order, so the place is at or near the end.
  let at = stretches.length;
  while (at > 0 && stretches[at - 1].from > id) at--;
  const before = at > 0 ? stretches[at - 1] : undefined;
  const after = at < stretches.length ? stretches[at] : undefined;
  if (before !== undefined && id < before.to) return false;
  const touchesBefore = before?.to === id;
  const touchesAfter = after?.from === id + 1;
  if (touchesBefore && touchesAfter) stretches.splice(at - 1, 2, { from: before.from, to: after.to });
  else if (touchesBefore) before.to = id + 1;
  else if (touchesAfter) after.from = id;
  else stretches.splice(at, 0, { from: id, to: id + 1 });
  if (stretches.length > stretchesMax) {
    const [first, second] = stretches;
    ids.abandoned += second.from - first.to;
    stretches.splice(0, 2, { from: first.from, to: second.to });
  }
  return true;
}

/** Ids between the smallest and the largest one that have not come. */
export function missingIds({ stretches, abandoned }: SeenIds): number {
  return stretches.reduce(
    (missing, { from }, index) => missing + (index === 0 ? 0 : from - stretches[index - 1].to),
    abandoned,
  );
}
