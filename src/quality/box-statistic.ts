import type { BoxFit, DriftHistogram } from '../domain/physics-message.js';
import { fitBox } from '../physics/box-fit.js';
import { boxBands } from './bands.js';
import { gaussianIncrement, gaussianReturn } from './detector.js';
import type { ChamberSums, LookSums } from './look.js';
import { emptyMeasure, type Measure, type NoMeasure, type Statistic } from './statistic.js';

export type BoxTest = keyof typeof boxBands;

/** An edge of the time box, or its width, with its error in ns. */
export interface BoxValue {
  readonly ns: number;
  readonly errorNs: number;
}

/** Errors of fits are too small by up to a fifth, and times move by half a nanosecond on their own. */
const errorFactor = 1.2;
const floorNs = 0.5;
/** Live time that the data of a fit lie in, at most, in s. */
const spanS = 600;

/** The value that a test is about; undefined of a fit that is not good enough to test. */
export function boxValue({ status, ...fit }: BoxFit, test: BoxTest): BoxValue | undefined {
  if (status !== 'ok') return undefined;
  const [ns, errorNs] = {
    box_rise: [fit.rise_ns, fit.rise_err],
    box_fall: [fit.fall_ns, fit.fall_err],
    box_width: [fit.width_ns, fit.width_err],
  }[test];
  return ns === null || errorNs === null ? undefined : { ns, errorNs };
}

/** Fits a histogram as messages have it. @param binNs see {@link BoxFitsOptions} */
export function fitDrift(
  { counts, offset_ns: offsetNs }: DriftHistogram,
  { binNs, velocityUmNs }: Pick<BoxFitsOptions, 'binNs' | 'velocityUmNs'>,
): BoxFit {
  return fitBox({ counts, offsetNs, binNs }, velocityUmNs);
}

const noFit: Readonly<Measure> = emptyMeasure(2);

interface BoxFitsOptions {
  readonly chamber: number;
  readonly drift: (chamber: ChamberSums) => DriftHistogram | undefined;
  readonly binNs: number;
  readonly velocityUmNs: number;
  /** Entries of one fit: quality.boxFitEntries. */
  readonly entries: number;
  readonly slotS: number;
}

/**
 * Fits of a chamber's time box over one stretch of messages after the other, each with enough entries. They begin anew at
 * every tenth minute of the slot counter, so that they do not depend on where the reading began.
 */
export class BoxFits {
  readonly #options: BoxFitsOptions;
  readonly #spanSlots: number;
  #span: number | undefined;
  #drift: DriftHistogram | undefined;
  #entries = 0;
  #look: LookSums | undefined;
  #fit: BoxFit | 'no_drift' | undefined;

  constructor(options: BoxFitsOptions) {
    this.#options = options;
    this.#spanSlots = Math.round(spanS / options.slotS);
  }

  /** The fit that a look completes, for each test that asks; undefined = none. */
  at(look: LookSums): BoxFit | 'no_drift' | undefined {
    if (look === this.#look) return this.#fit;
    this.#look = look;
    this.#fit = this.#add(look);
    return this.#fit;
  }

  /** What comes next does not follow what came before. */
  restart(): void {
    this.#drift = undefined;
    this.#entries = 0;
  }

  #add(look: LookSums): BoxFit | 'no_drift' | undefined {
    const { chamber, drift, entries } = this.#options;
    const more = drift(look.chambers[chamber]);
    if (more === undefined) {
      this.restart();
      return 'no_drift';
    }
    const span = Math.floor(look.last / this.#spanSlots);
    if (span !== this.#span) this.restart();
    this.#span = span;
    const counts = this.#drift?.counts;
    this.#drift = counts === undefined ? more : { ...more, counts: counts.map((n, bin) => n + more.counts[bin]) };
    this.#entries += more.counts.reduce((sum, n) => sum + n, 0);
    if (this.#entries < entries) return undefined;
    const fit = fitDrift(this.#drift, this.#options);
    this.restart();
    return fit;
  }
}

/** An edge of the time box, or its width, against its reference, too large and too small; observed is in ns. */
export class BoxStatistic implements Statistic {
  readonly value: number;
  readonly hasReference = true;
  readonly #fits: BoxFits;
  readonly #test: BoxTest;

  constructor(fits: BoxFits, test: BoxTest, referenceNs: number) {
    this.#fits = fits;
    this.#test = test;
    this.value = referenceNs;
  }

  measure(look: LookSums): Readonly<Measure> | NoMeasure {
    const fit = this.#fits.at(look);
    if (fit === 'no_drift')
      return { why: 'the messages have no drift times of it (process --physics full)', keepsAlarm: false };
    const found = fit && boxValue(fit, this.#test);
    if (found === undefined) return noFit;
    const { edgeNs, alternativeNs } = boxBands[this.#test];
    const variance = (errorFactor * found.errorNs) ** 2 + floorNs ** 2;
    const away = found.ns - this.value;
    const returnEdge = (edgeNs + alternativeNs) / 2;
    return {
      count: found.ns,
      of: 1,
      increments: [away, -away].map((x) => gaussianIncrement(x, variance, edgeNs, alternativeNs)),
      returns: [away, -away].map((x) => gaussianReturn(x, variance, returnEdge)),
      expected: (alternativeNs - edgeNs) ** 2 / (2 * variance),
    };
  }

  observed(sumNs: number, fits: number): number | null {
    return fits > 0 ? sumNs / fits : null;
  }

  distance(observed: number): number {
    return Math.log1p(Math.abs(observed - this.value) / boxBands[this.#test].alternativeNs);
  }
}
