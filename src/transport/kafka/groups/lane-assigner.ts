/** What a member says of itself when it joins. */
export interface MemberClaim {
  readonly memberId: string;
  readonly lanes: number;
  readonly topic: string;
  /** Lanes it works on, and lanes it has given back. */
  readonly held: readonly number[];
  readonly released: readonly number[];
}

/** Lanes of one member, or why it gets none. */
export interface LaneAssignment {
  readonly lanes: readonly number[];
  readonly refused?: string;
}

/**
 * Assigns the lanes of a group, each as a whole to one member.
 *
 * ```
 *  held before │ A: 0 1 2 3          B joins │ A: 0 1    B: 2 3       A keeps its share, B gets the rest
 *              │ A: 0 1  B: 2 3      B is gone │ A: 0 1 2 3
 * ```
 *
 * A member keeps its lanes up to its share, so that a lane moves only when it must. A lane returns to a member that has
 * given it back only if no other member holds fewer lanes; if all have given it back, it stays unassigned. Members with
 * another number of lanes, or another topic, than the working ones are refused.
 */
export function assignLanes(claims: readonly MemberClaim[], laneCount: number): Map<string, LaneAssignment> {
  const sorted = [...claims].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const shape = sorted.find(({ held }) => held.length > 0) ?? sorted.at(0);
  if (shape === undefined) return new Map();
  const fits = sorted.filter(({ lanes, topic }) => lanes === shape.lanes && topic === shape.topic);
  const owned = new Map<string, number[]>(fits.map(({ memberId }) => [memberId, []]));
  const shareMax = Math.ceil(laneCount / fits.length);
  const free = new Set(Array.from({ length: laneCount }, (_, lane) => lane));
  for (const { memberId, held } of fits) {
    const own = owned.get(memberId) ?? [];
    for (const lane of held) if (own.length < shareMax && free.delete(lane)) own.push(lane);
  }
  const candidates = fits.map(({ memberId, released }) => ({ memberId, released: new Set(released) }));
  for (const lane of free) {
    const takers = candidates.filter(({ released }) => !released.has(lane));
    const fewest = takers.map(({ memberId }) => owned.get(memberId) ?? []).sort((a, b) => a.length - b.length)[0];
    fewest?.push(lane);
  }
  const refused = `the group runs with ${shape.lanes} lanes on ${shape.topic}`;
  return new Map(
    sorted.map(({ memberId }) => {
      const lanes = owned.get(memberId);
      return [memberId, lanes === undefined ? { lanes: [], refused } : { lanes: lanes.sort((a, b) => a - b) }];
    }),
  );
}
