import type { BoxFit } from '../../src/domain/physics-message.js';
import { fitBox } from '../../src/physics/box-fit.js';
import { ChamberTime, isWeakTime } from '../../src/physics/chamber-time.js';
import { EventReference } from '../../src/physics/event-reference.js';
import { SegmentCounts } from '../../src/physics/segment-counts.js';
import { SegmentSearch } from '../../src/physics/segment-search.js';
import { type OrbitHits, orbitTicks, tickNs } from './run591-events.js';

const velocityUmNs = 57;

/** Drift times of a chamber. */
export interface Drift {
  under: number;
  over: number;
  readonly counts: number[];
}

/** Everything in mode `chambers`, orbit by orbit. */
export function countEvents(
  orbits: readonly OrbitHits[],
  t0Ns: readonly number[],
): { times: number[]; references: number[]; drift: Drift[]; boxes: BoxFit[]; counts: SegmentCounts } {
  const time = new ChamberTime({ velocityUmNs, tickNs });
  const event = new EventReference(tickNs);
  const windows = t0Ns.map((t0) => ({
    first: Math.ceil((-20 - t0) / tickNs - 1e-9),
    last: Math.floor((420 - t0) / tickNs + 1e-9),
  }));
  const cuts = { sigmaXUm: 500, chi2Four: 20, chi2Three: 10, slopeMax: 1 };
  const searches = t0Ns.map(
    (t0, chamber) =>
      new SegmentSearch({
        ...cuts,
        xUm: 0,
        velocityUmNs,
        tickNs,
        t0Ns: t0,
        windowFirst: windows[chamber].first,
        windowLast: windows[chamber].last,
      }),
  );
  const counts = new SegmentCounts(t0Ns.map(() => ({ ...cuts, xUm: 0, columns: 16 })));
  const tickFirst = t0Ns.map((t0) => Math.ceil((-250 - t0) / tickNs - 1e-9));
  const drift = t0Ns.map(() => ({ under: 0, over: 0, counts: new Array<number>(400).fill(0) }));
  const times = [0, 0, 0, 0];
  const references = [0, 0, 0, 0];
  for (const { chambers } of orbits) {
    event.clear();
    chambers.forEach(({ channels, ticks }, chamber) => {
      times[chamber] += time.find(Uint8Array.from(channels), Int32Array.from(ticks), 0, channels.length);
      for (let index = 0; index < time.count; index++) {
        if (!isWeakTime(time.sides[index])) event.add(chamber, time.t0Ns[index] + t0Ns[chamber]);
      }
    });
    chambers.forEach(({ channels, ticks }, chamber) => {
      const reference = event.of(chamber);
      if (reference === undefined) return;
      references[chamber]++;
      for (const tick of ticks) {
        const bin = Math.floor((tick - reference - tickFirst[chamber]) / 3);
        if (bin < 0) drift[chamber].under++;
        else if (bin >= 400) drift[chamber].over++;
        else drift[chamber].counts[bin]++;
      }
      if (reference + windows[chamber].first < 0 || reference + windows[chamber].last > orbitTicks - 1) return;
      searches[chamber].find(
        Uint8Array.from(channels),
        Int32Array.from(ticks, (tick) => tick - reference),
        0,
        channels.length,
      );
      counts.add(chamber, searches[chamber]);
    });
  }
  const boxes = drift.map(({ counts: bins }, chamber) =>
    fitBox(
      { counts: bins, offsetNs: (tickFirst[chamber] - 0.5) * tickNs + t0Ns[chamber], binNs: 3 * tickNs },
      velocityUmNs,
    ),
  );
  return { times, references, drift, boxes, counts };
}
