import type { Geometry } from './geometry.js';

/** Sets of triggers that chambers may be timed by, at most. */
export const referenceSetsMax = 4;

/** The triggers that time a chamber, by their numbers; none without. */
function timingTriggers({ triggers }: Pick<Geometry, 'triggers'>, chamber: number): readonly number[] {
  return triggers.flatMap(({ time, chambers }, trigger) =>
    time && (chambers === 'all' || chambers.includes(chamber)) ? [trigger] : [],
  );
}

/** The different sets of triggers that time chambers: the triggers and the chambers of each. */
export function referenceSetsOf(
  geometry: Pick<Geometry, 'triggers' | 'chambers'>,
): { readonly triggers: readonly number[]; readonly chambers: number[] }[] {
  const sets = new Map<string, { readonly triggers: readonly number[]; readonly chambers: number[] }>();
  geometry.chambers.forEach((_, chamber) => {
    const triggers = timingTriggers(geometry, chamber);
    if (triggers.length === 0) return;
    const set = sets.get(triggers.join()) ?? { triggers, chambers: [] };
    set.chambers.push(chamber);
    sets.set(triggers.join(), set);
  });
  return [...sets.values()];
}
