import { InvalidArgumentError } from 'commander';

const countUnits: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9 };
const byteUnits: Readonly<Record<string, number>> = {
  ...countUnits,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};
const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1e3, m: 60e3, min: 60e3, h: 3600e3 };

/** A rate: `1000`, `10k`, `2.5M`; `max` is Infinity. */
export function parseRate(text: string): number {
  if (text === 'max') return Infinity;
  const rate = parse(text, /^(\d+(?:\.\d+)?)([kMG]?)$/, countUnits);
  if (rate > 0) return rate;
  throw new InvalidArgumentError('must be a number of rows a second, as 1000, 10k or max.');
}

/** A number of rows: `5000`, `10k`, `2.5M`. */
export function parseRows(text: string): number {
  const rows = parse(text, /^(\d+(?:\.\d+)?)([kMG]?)$/, countUnits);
  if (rows > 0 && Number.isSafeInteger(rows)) return rows;
  throw new InvalidArgumentError('must be a number of rows, as 5000, 10k or 2M.');
}

/** A size of at least `min` bytes: `500MB`, `4GiB`, `1000000`. */
export function byteSize(min: number): (text: string) => number {
  return (text) => {
    const bytes = Math.round(parse(text, /^(\d+(?:\.\d+)?) ?(|k|[MGT]|[KMGT]i)B?$/, byteUnits));
    if (bytes >= min && Number.isSafeInteger(bytes)) return bytes;
    throw new InvalidArgumentError(`must be a size of at least ${min} bytes, as 500MB or 4GiB.`);
  };
}

/** A duration of at most `max` ms: `10ms`, `1.5s`, `2m`. */
export function durationMs(max: number): (text: string) => number {
  return (text) => {
    const ms = parse(text, /^(\d+(?:\.\d+)?) ?(ms|s|m|min|h)$/, timeUnits);
    if (ms <= max) return ms;
    throw new InvalidArgumentError(`must be a time of at most ${max / 1000} s, as 10ms or 1.5s.`);
  };
}

/** The number times its unit; NaN when the text is not of that form. */
function parse(text: string, form: RegExp, units: Readonly<Record<string, number>>): number {
  const [, digits, unit] = form.exec(text) ?? [];
  return digits === undefined ? Number.NaN : Number(digits) * (units[unit] ?? Number.NaN);
}
