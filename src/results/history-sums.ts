import type { Physics } from '../domain/physics-message.js';
import { withRates } from '../domain/physics-sum.js';
import { lazy } from '../domain/lazy.js';
import type { HistoryPart, PartFacts, PartSum } from './history-part.js';
import { countsOf } from './message-counts.js';
import type { MessageSums } from './message-sums.js';
import type { PhysicsShape } from './physics-shape.js';

/** The shape of the newest message with physics. */
export function newestShapeOf(parts: readonly HistoryPart[]): PhysicsShape | undefined {
  return parts.findLast(({ physics }) => physics.length > 0)?.physics.at(-1)?.shape;
}

/**
 * The sums of parts as a window has them; its physics is made when it is asked for.
 *
 * @param newest messages of other configurations than this shape's are in no physics
 */
export function sumsOf(sum: PartSum, facts: PartFacts | undefined, newest: PhysicsShape | undefined): MessageSums {
  const { totals, messages, isSplit, liveS } = countsOf(sum.counts, facts?.common);
  const { fromMs, toMs, orbitFirst = null, orbitLast = null, producers = [], slotFirst, slotLast } = facts ?? {};
  const lanes = Math.max(1, producers.length);
  // Copies: the sum goes on.
  const all = [...sum.physics].flatMap(([shape, { values }]) =>
    shape.geometry === newest?.geometry ? [[shape, values.slice()] as const] : [],
  );
  // Ten times the rest, and of most sums nobody asks for it.
  const physics = lazy((): Physics | undefined => {
    const parts = all.map(([shape, values]) => shape.physicsOf(values));
    const slotS = Math.max(0, ...all.map(([shape]) => shape.slotS));
    return withRates(parts, { slotS, lanes, slots: [slotFirst?.value ?? null, slotLast?.value ?? null] });
  });
  return {
    ...{ messages, fromMs, toMs, orbitFirst, orbitLast, totals, liveS, lanes },
    get physics() {
      return isSplit ? null : physics();
    },
  };
}
