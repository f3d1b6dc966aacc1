import { parseArgs } from 'node:util';

/** Flags of every part of the benchmarks. */
export interface PartFlags {
  /** How often everything is measured. */
  readonly rounds: number;
  /** Rows and times are this share of the full ones: below 1 to see that everything works. */
  readonly scale: number;
  /** The page whose section is written. */
  readonly page: string;
  /** The command, for the section: `npm run bench:line`, with what changes its figures. */
  readonly command: string;
}

const pageDefault = 'docs/benchmarks.md';

/**
 * Reads the flags of a part.
 *
 * @param part `line` of `npm run bench:line`
 * @throws Error when a flag is not known or no number
 */
export function partFlags(part: string, roundsDefault: number, args = process.argv.slice(2)): PartFlags {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: String(roundsDefault) },
      scale: { type: 'string', default: '1' },
      page: { type: 'string', default: pageDefault },
    },
  });
  const rounds = Number(values.rounds);
  const scale = Number(values.scale);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds must be 1 or more, got ${values.rounds}`);
  if (!(scale > 0 && scale <= 1)) throw new Error(`--scale must be above 0 and at most 1, got ${values.scale}`);
  const changed = [
    ...(rounds === roundsDefault ? [] : [`--rounds ${rounds}`]),
    ...(scale === 1 ? [] : [`--scale ${scale}`]),
  ];
  const more = changed.length === 0 ? '' : ` -- ${changed.join(' ')}`;
  return { rounds, scale, page: values.page, command: `npm run bench:${part}${more}` };
}

/** How the figures of a section came about. */
export function runText({ command, rounds }: PartFlags): string {
  const how =
    rounds === 1
      ? 'every figure is from one round'
      : `every figure is the median of ${rounds} alternating rounds, with minimum and maximum in brackets`;
  return `One run of \`${command}\`; ${how}.`;
}
