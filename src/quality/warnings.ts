import { physicsOf } from '../domain/physics-of.js';
import type { BatchMessage, Ledger } from '../domain/batch-message.js';
import { slotOrbits } from '../domain/slot.js';
import { rejectedRows } from '../domain/rejected-rows.js';
import type { Warning } from './events.js';
import type { MergedMessage } from './lane-merge.js';
import { orbitsSeen } from './look.js';
import type { QualityReference } from './quality-reference.js';
import { looksShared, ShareWatch } from './share-watch.js';

/** What warnings need of the sums of a look. */
export interface LookCounts {
  readonly rowsRead: number;
  readonly rejected: Ledger['rejected'];
  /** Rows of a channel that is in no chamber and no trigger. */
  readonly droppedChannel: number;
  readonly chambers: readonly ChamberCounts[];
}
interface ChamberCounts {
  readonly hits: number;
  readonly repeats: number;
  readonly duplicates: number;
  readonly bursts: number;
  /** Entry n = orbits in which n channels were active. */
  readonly active: readonly number[];
}

/** Largest shares without a warning, and times that of the reference. */
const duplicatesMax = 0.01;
const burstsMax = { share: 0.001, times: 10 };
const repeatsMax = { share: 0.02, times: 4 };
const corruptMax = { share: 0.001, times: 3 };
/** Fewest rows that are told: one torn record of 40 rows is none. */
export const corruptRowsMin = 100;
/** How long rows must bring neither a hit nor a trigger, in ms of the clock that stamps messages. */
const darkMsMin = 3000;

type About = Partial<Pick<Warning, 'chamber' | 'observed' | 'expected'>> & Pick<Warning, 'text'>;

/**
 * What happened, outside of the budget of alarms: gaps, new runs, late hits, rows without a hit, and shares over the last
 * looks. No bound on how often they are false.
 */
export class Warnings {
  #reference: QualityReference | undefined;
  #place = { since: '', since_orbit: 0, since_s: 0 };
  #run: number | undefined;
  #liveS = 0;
  /** Gaps of a run, by producer, and the most of one: each lane sees the gaps of the detector. */
  readonly #gaps = new Map<string, number>();
  #gapsSaid = 0;
  /** Looks since the last late hit; undefined = no warning of them stands. */
  #looksOnTime: number | undefined;
  #darkSinceMs: number | undefined;
  #isDark = false;
  readonly #silent = new Set<string>();
  readonly #shares = new Map<string, ShareWatch>();

  /** @param reference what is usual; without one only fixed limits hold */
  constructor(reference?: QualityReference) {
    this.#reference = reference;
  }

  /** What is usual from now on. */
  learned(reference: QualityReference): void {
    this.#reference = reference;
  }

  /** What a message alone tells; messages in the order of {@link MergedMessage}. */
  message({ message, lanes }: MergedMessage): Warning[] {
    const isNewRun = this.#run !== undefined && message.run > this.#run;
    if (this.#run === undefined || isNewRun) this.#beginRun(message.run);
    this.#notePlace(message, lanes);
    return [
      ...(isNewRun ? [this.#warning('new_run', { observed: message.run, text: `run ${message.run} has begun` })] : []),
      ...this.#gap(message),
      ...this.#late(message),
      ...this.#dark(message),
      ...this.#back(message),
    ];
  }

  /** What the sums of a look tell. */
  look(sums: LookCounts): Warning[] {
    return [...this.#onTime(), ...this.#corrupt(sums), ...sums.chambers.flatMap((one, at) => this.#chamber(one, at))];
  }

  /** A lane has sent nothing for a time while others went on: the reader's clock tells. */
  laneSilent(producer: string, silentS: number): Warning[] {
    if (this.#silent.has(producer)) return [];
    this.#silent.add(producer);
    const text = `${producer} has published nothing for ${silentS} s while other lanes did`;
    return [this.#warning('lane_silent', { observed: silentS, text })];
  }

  #beginRun(run: number): void {
    this.#run = run;
    this.#liveS = 0;
    this.#gaps.clear();
    this.#gapsSaid = 0;
  }

  #notePlace({ physics, batch }: BatchMessage, lanes: number): void {
    this.#liveS += (physics?.live_s ?? 0) / lanes;
    const last = physics?.slots.last ?? undefined;
    const orbit = last === undefined ? batch.orbit_last : last * slotOrbits;
    this.#place = { since: batch.closed, since_orbit: orbit ?? this.#place.since_orbit, since_s: this.#liveS };
  }

  #gap(message: BatchMessage): Warning[] {
    const { producer } = message;
    const physics = physicsOf(message);
    if (physics === undefined || physics.slots.gaps === 0) return [];
    const { live, gaps, gap_slots: gapSlots } = physics.slots;
    const count = (this.#gaps.get(producer) ?? 0) + gaps;
    this.#gaps.set(producer, count);
    if (count <= this.#gapsSaid) return [];
    this.#gapsSaid = count;
    const seconds = live === 0 ? null : (gapSlots * physics.live_s) / live;
    const length = seconds === null ? '' : ` for ${seconds.toPrecision(3)} s`;
    const text = `no orbit${length}: ${gaps === 1 ? 'a gap' : `${gaps} gaps`} of ${gapSlots} slots, not live time`;
    return [this.#warning('orbit_gap', { observed: seconds, text })];
  }

  #late({ late_hits: hits }: BatchMessage): Warning[] {
    if (hits === 0) return [];
    const isNew = this.#looksOnTime === undefined;
    this.#looksOnTime = 0;
    const what = hits === 1 ? '1 hit' : `${hits} hits`;
    const text = `${what} came after the orbit was published; --lateness of process may be too small`;
    return isNew ? [this.#warning('late_hits', { observed: hits, expected: 0, text })] : [];
  }

  #onTime(): Warning[] {
    if (this.#looksOnTime === undefined || ++this.#looksOnTime <= looksShared) return [];
    this.#looksOnTime = undefined;
    return [this.#ended('late_hits', { observed: 0, expected: 0, text: 'no late hits any more' })];
  }

  /** Rows that bring neither a hit nor a trigger, not even one that waits. */
  #dark({ ledger, batch }: BatchMessage): Warning[] {
    if (ledger.rows_read === 0) return [];
    if (ledger.hits + ledger.scintillator + ledger.carried_out > ledger.carried_in) {
      this.#darkSinceMs = undefined;
      if (!this.#isDark) return [];
      this.#isDark = false;
      return [this.#ended('no_data', { text: 'hits come again' })];
    }
    this.#darkSinceMs ??= Date.parse(batch.opened);
    const darkMs = Date.parse(batch.closed) - this.#darkSinceMs;
    if (this.#isDark || !(darkMs >= darkMsMin)) return [];
    this.#isDark = true;
    const text = `rows came for ${(darkMs / 1000).toFixed(1)} s without a hit or a trigger: is the detector off?`;
    return [this.#warning('no_data', { observed: darkMs / 1000, text })];
  }

  #back({ producer }: BatchMessage): Warning[] {
    if (!this.#silent.delete(producer)) return [];
    return [this.#ended('lane_silent', { text: `${producer} publishes again` })];
  }

  /** Rows of no channel are usual where a board has more wires than chambers: they must not hide what is rejected. */
  #corrupt({ rowsRead, rejected, droppedChannel }: LookCounts): Warning[] {
    const { fields, number, range } = rejected;
    // A file of an older version does not tell them apart.
    const { corrupt = 0, rejected: usual = corrupt, rowsRead: ofRows } = this.#reference ?? {};
    const strays = this.#reference?.rejected === undefined ? corrupt : corrupt - usual;
    const reasons = Object.entries({ fields, number, range }).filter(([, count]) => count > 0);
    const what = `rows are rejected (${reasons.map(([reason, count]) => `${reason} ${count}`).join(', ')})`;
    const share = (n: number, before: number, text: string, about: string): Warning[] => {
      const limit = limitOf(corruptMax, before, ofRows);
      return this.#share('corrupt_rows', { n, of: rowsRead, limit, min: corruptRowsMin }, text, { about });
    };
    return [
      ...share(rejectedRows(rejected), usual, what, 'rejected'),
      ...share(droppedChannel, strays, 'rows are of no channel', 'no channel'),
    ];
  }

  #chamber({ hits, repeats, duplicates, bursts, active }: ChamberCounts, chamber: number): Warning[] {
    const reference = this.#reference?.chambers.at(chamber);
    const orbits = orbitsSeen(active);
    const burstLimit = limitOf(burstsMax, reference?.bursts, reference && orbitsSeen(reference.active));
    const where = `of chamber ${chamber}`;
    return [
      ...this.#share('duplicates', { n: duplicates, of: hits, limit: duplicatesMax }, `hits ${where} are duplicates`, {
        chamber,
      }),
      ...this.#share('bursts', { n: bursts, of: orbits, limit: burstLimit }, `orbits ${where} are bursts`, { chamber }),
      ...(reference === undefined
        ? []
        : this.#share(
            'repeats',
            { n: repeats, of: hits, limit: limitOf(repeatsMax, reference.repeats, reference.hits) },
            `hits ${where} repeat a channel in its orbit`,
            { chamber },
          )),
    ];
  }

  /** @param what `hits of chamber 1 are duplicates`, after a share */
  #share(
    test: Warning['test'],
    counts: { readonly n: number; readonly of: number; readonly limit: number; readonly min?: number },
    what: string,
    { chamber, about: kind }: { readonly chamber?: number; readonly about?: string },
  ): Warning[] {
    const key = `${test}@${chamber ?? kind}`;
    let watch = this.#shares.get(key);
    if (watch === undefined) this.#shares.set(key, (watch = new ShareWatch()));
    const change = watch.look(counts);
    if (change === undefined) return [];
    const observed = watch.share;
    const text = `${percent(observed)} of the ${what}, limit ${percent(counts.limit)}`;
    const about = { observed, expected: counts.limit, text, ...(chamber !== undefined && { chamber }) };
    return [change === 'WARNING' ? this.#warning(test, about) : this.#ended(test, about)];
  }

  #warning(test: Warning['test'], about: About, state: Warning['state'] = 'WARNING'): Warning {
    return { event: 'warning', test, state, ...this.#place, observed: null, expected: null, ...about };
  }

  #ended(test: Warning['test'], about: About): Warning {
    return this.#warning(test, about, 'ENDED');
  }
}

/** The fixed limit of a share, or a multiple of that in the reference, whichever is larger. */
function limitOf({ share, times }: { share: number; times: number }, n = 0, of = 0): number {
  return of === 0 ? share : Math.max(share, (times * n) / of);
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
