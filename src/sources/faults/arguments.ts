import { chamberLayers, type Geometry } from '../../domain/geometry.js';

/** Numbers of a fault by their names, such as `{ chamber: 1, channel: 37 }`. */
export type FaultArgs = Readonly<Record<string, number>>;

/** A rule that a part of a fault breaks, such as `channel must be a whole number from 0 to 63, got 99`. */
export class FaultRuleError extends Error {}

/** One of the parts of a fault between colons. */
export interface Argument {
  /** As the help writes it: `CHAMBER`. */
  readonly form: string;
  /**
   * Reads the part.
   *
   * @param before the arguments before it
   * @throws FaultRuleError
   */
  readonly read: (text: string, geometry: Geometry, before: FaultArgs) => FaultArgs;
}

type Range = readonly [min: number, max: number];

interface NumberRule {
  /** Name of the argument, in the sidecar as well. */
  readonly name: string;
  readonly form: string;
  /** Written behind the number. */
  readonly unit?: string;
  readonly range: Range | ((geometry: Geometry, before: FaultArgs) => Range);
  readonly isWhole?: boolean;
  /** The number must be above the lower end of the range. */
  readonly isAbove?: boolean;
  /** 0 would be no fault. */
  readonly isNotZero?: boolean;
}

/** An argument that is one number. */
export function numberOf(rule: NumberRule): Argument {
  const { name, form, unit = '', range, isWhole = false, isAbove = false, isNotZero = false } = rule;
  return {
    form: `${form}${unit}`,
    read: (text, geometry, before) => {
      const [min, max] = typeof range === 'function' ? range(geometry, before) : range;
      const digits = unit !== '' && text.endsWith(unit) ? text.slice(0, -unit.length) : unit === '' ? text : '';
      const value = /^[+-]?\d+(\.\d+)?$/.test(digits) ? Number(digits) : Number.NaN;
      const isInside = value <= max && (isAbove ? value > min : value >= min) && !(isNotZero && value === 0);
      if (isInside && (!isWhole || Number.isInteger(value))) return { [name]: value };
      const from = isAbove ? `above ${min} and at most ${max}` : `from ${min} to ${max}`;
      const withUnit = unit === '' ? '' : `, with the unit ${unit}`;
      throw new FaultRuleError(
        `${name} must be a ${isWhole ? 'whole ' : ''}number ${from}${isNotZero ? ', not 0' : ''}${withUnit}, got ${text}`,
      );
    },
  };
}

export const chamber = numberOf({
  name: 'chamber',
  form: 'CHAMBER',
  range: ({ chambers }) => [0, chambers.length - 1],
  isWhole: true,
});

export const layer = numberOf({ name: 'layer', form: 'LAYER', range: [0, chamberLayers - 1], isWhole: true });

/** A channel of the chamber before it, counted inside the chamber. */
export function channelOf(name = 'channel'): Argument {
  const range = ({ chambers }: Geometry, before: FaultArgs): Range => [0, chambers[before.chamber].channels - 1];
  return numberOf({ name, form: 'CHANNEL', range, isWhole: true });
}

/** A board with a chamber or a trigger. */
export const board: Argument = {
  form: 'BOARD',
  read: (text, { chambers, triggers }) => {
    const boards = [...new Set([...chambers, ...triggers].map(({ fpga }) => fpga))].sort((a, b) => a - b);
    const found = boards.find((one) => String(one) === text);
    if (found !== undefined) return { board: found };
    throw new FaultRuleError(`board must be one of the geometry (${boards.join(', ')}), got ${text}`);
  },
};

/** Channels in a row of the chamber before them: `0-31`. */
export const channels: Argument = {
  form: 'FIRST-LAST',
  read: (text, { chambers }, before) => {
    const last = chambers[before.chamber].channels - 1;
    const [first, to] = (/^(\d+)-(\d+)$/.exec(text) ?? []).slice(1).map(Number);
    if (first <= to && to <= last) return { first, last: to };
    throw new FaultRuleError(`channels must be first-last from 0-0 to ${last}-${last}, such as 0-31, got ${text}`);
  },
};
