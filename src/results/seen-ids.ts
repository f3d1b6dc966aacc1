/** Most stretches of consecutive ids remembered; with more, the oldest hole is given up as never coming. */
export const stretchesMax = 512;

/** Which `msg_ID`s of one producer have come, as stretches `[from, to)` in ascending order that do not touch. */
export interface SeenIds {
  readonly ranges: { from: number; to: number }[];
  /** Ids in holes that were given up. */
  abandoned: number;
}

export function noIds(): SeenIds {
  return { ranges: [], abandoned: 0 };
}

/** Adds an id; false = it was there already. */
export function addId(ids: SeenIds, id: number): boolean {
  const { ranges } = ids;
  // Ids come nearly in order, so the place is at or near the end.
  let at = ranges.length;
  while (at > 0 && ranges[at - 1].from > id) at--;
  const before = at > 0 ? ranges[at - 1] : undefined;
  const after = at < ranges.length ? ranges[at] : undefined;
  if (before !== undefined && id < before.to) return false;
  const touchesBefore = before?.to === id;
  const touchesAfter = after?.from === id + 1;
  if (touchesBefore && touchesAfter) ranges.splice(at - 1, 2, { from: before.from, to: after.to });
  else if (touchesBefore) before.to = id + 1;
  else if (touchesAfter) after.from = id;
  else ranges.splice(at, 0, { from: id, to: id + 1 });
  if (ranges.length > stretchesMax) {
    const [first, second] = ranges;
    ids.abandoned += second.from - first.to;
    ranges.splice(0, 2, { from: first.from, to: second.to });
  }
  return true;
}

/** Ids between the smallest and the largest one that have not come. */
export function missingIds({ ranges, abandoned }: SeenIds): number {
  return ranges.reduce(
    (missing, { from }, index) => missing + (index === 0 ? 0 : from - ranges[index - 1].to),
    abandoned,
  );
}

/** Ids that have come. */
export function idsSeen({ ranges, abandoned }: SeenIds): number {
  return ranges.reduce((seen, { from, to }) => seen + to - from, -abandoned);
}
