import { InvalidArgumentError } from 'commander';

/*
 * Every number that a flag takes, on the command line, in the environment or in a file, is read here:
 *
 *   count     5000, 10k, 2.5M, 1e6, 4Ki …   whole, whatever its unit
 *   rate      1000, 2.5M, max               rows per second; of produce, also: detector
 *   speed     1, 10, 0.5, 2k                times that of the detector
 *   size      500MB, 4GiB, 1000000          bytes
 *   duration  500ms, 2s, 1.5m, 1h, 2        a plain number is in seconds
 *
 * One blank may stand before the unit.
 */
const decimalUnits = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const;
const binaryUnits = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;
const numberUnits = { ...decimalUnits, ...binaryUnits } as const;
const timeUnits = { '': 1e3, ms: 1, s: 1e3, m: 60e3, min: 60e3, h: 3600e3 } as const;

/** Slower, and a gap that is waited for takes longer than timers do. */
const speedMin = 0.001;
const speedMax = 1_000_000;

/** One day: timers cannot wait for more than 24 of them. */
const durationMaxMs = 86_400_000;

/** A parser for a whole number in [min, max]: `5000`, `10k`, `0.5M`. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const count = parse(text, numberUnits);
    if (count?.isWhole === true && count.value >= min && count.value <= max) return count.value;
    const bounds = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`must be a whole number ${bounds}${max < 1e4 ? '' : ', such as 500, 10k or 2.5M'}.`);
  };
}

/** A parser for a whole number in [-max, max]: `-1`, `+64`, `0.5k`. */
export function signedNumber(max: number): (text: string) => number {
  return (text) => {
    const count = parse(text.replace(/^[+-]/, ''), numberUnits);
    if (count?.isWhole !== true || count.value > max) {
      throw new InvalidArgumentError(`must be a whole number from -${max} to ${max}.`);
    }
    return text.startsWith('-') && count.value > 0 ? -count.value : count.value;
  };
}

/** A rate in rows per second: `1000`, `10k`, `2.5M`; `max` is Infinity. */
export function parseRate(text: string): number {
  if (text === 'max') return Infinity;
  const rate = parse(text, numberUnits);
  if (rate !== undefined && rate.value > 0 && rate.value < Infinity) return rate.value;
  throw new InvalidArgumentError('must be a number of rows per second, such as 1000, 10k or max.');
}

/** The same of rows that may also leave when their orbits say so: `detector`. */
export function parsePace(text: string): number | 'detector' {
  if (text === 'detector') return text;
  try {
    return parseRate(text);
  } catch {
    throw new InvalidArgumentError('must be a number of rows per second, such as 1000 or 10k, or max or detector.');
  }
}

/** How many times as fast as the detector: `10`, `0.5`, `2k`. */
export function parseSpeed(text: string): number {
  const speed = parse(text, numberUnits)?.value;
  if (speed !== undefined && speed >= speedMin && speed <= speedMax) return speed;
  throw new InvalidArgumentError(`must be a number from ${speedMin} to ${speedMax}, such as 10.`);
}

/** A parser for a size of at least `min` bytes, to the nearest byte: `500MB`, `4GiB`, `1000000`. */
export function byteSize(min: number): (text: string) => number {
  return (text) => {
    const bytes = Math.round(parse(text.replace(/B$/, ''), numberUnits)?.value ?? Number.NaN);
    if (bytes >= min && Number.isSafeInteger(bytes)) return bytes;
    throw new InvalidArgumentError(`must be a size of at least ${min} bytes, such as 500MB or 4GiB.`);
  };
}

/**
 * A parser for a time in ms: `500ms`, `2s`, `1.5m`; a number alone is seconds.
 *
 * @param bounds where the least is a ms or more it is whole ms, the nearest ones; at most a day by default
 */
export function duration({ minMs, maxMs = durationMaxMs }: DurationBounds): (text: string) => number {
  return (text) => {
    const exactMs = parse(text, timeUnits)?.value ?? Number.NaN;
    const ms = minMs >= 1 ? Math.round(exactMs) : exactMs;
    if (ms >= minMs && ms <= maxMs) return ms;
    throw new InvalidArgumentError(`must be a time from ${minMs} ms to ${maxMs / 1000} s, such as 500ms, 2s or 5m.`);
  };
}

export interface DurationBounds {
  readonly minMs: number;
  readonly maxMs?: number;
}

/** A number with a unit; otherwise the text itself, for the caller to judge. */
export function plainNumber(text: string): number | string {
  return parse(text, numberUnits)?.value ?? text;
}

interface Quantity {
  readonly value: number;
  /** Whether it is exactly a whole number: 1.1M is one, though 1.1 has no exact binary form. */
  readonly isWhole: boolean;
}

/** A number times its unit; undefined when the text is not of that form. */
function parse(text: string, units: Readonly<Record<string, number>>): Quantity | undefined {
  // A longer text is not a valid number, and would take long to parse.
  if (text.length > 1000) return undefined;
  const [, whole, decimals = '', exponent, unit = ''] =
    /^(\d+)(?:\.(\d+))?(?:e\+?(\d{1,2})| ?([a-zA-Z]*))$/.exec(text) ?? [];
  if (whole === undefined || !Object.hasOwn(units, unit)) return undefined;
  const factor = exponent === undefined ? BigInt(units[unit]) : BigInt(units['']) * 10n ** BigInt(exponent);
  const scaled = BigInt(whole + decimals) * factor;
  const divisor = 10n ** BigInt(decimals.length);
  const isWhole = scaled % divisor === 0n;
  return { value: isWhole ? Number(scaled / divisor) : Number(scaled) / Number(divisor), isWhole };
}
