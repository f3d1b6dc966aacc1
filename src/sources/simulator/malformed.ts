import { type Hit, formatHit, hitFields } from '../../domain/hit.js';
import type { RejectReason } from '../../domain/row-code.js';
import type { Random } from './random.js';

/** Every way in which the simulator breaks a row. */
export const malformedKinds = [
  'missing-field',
  'extra-field',
  'semicolons',
  'text-line',
  'binary-line',
  'empty-field',
  'not-a-number',
  'binary-field',
  'range-fpga',
  'range-channel',
  'range-orbit',
  'range-bx',
  'range-tdc',
] as const;
export type MalformedKind = (typeof malformedKinds)[number];

/** The rule of docs/semantics.md that each kind breaks first. */
export const malformedReasons: Readonly<Record<MalformedKind, RejectReason>> = {
  'missing-field': 'fields',
  'extra-field': 'fields',
  semicolons: 'fields',
  'text-line': 'fields',
  'binary-line': 'fields',
  'empty-field': 'number',
  'not-a-number': 'number',
  'binary-field': 'number',
  'range-fpga': 'range',
  'range-channel': 'range',
  'range-orbit': 'range',
  'range-bx': 'range',
  'range-tdc': 'range',
};

/** Texts without a comma, none of them blank. */
const textLines = ['*** run stopped', 'header', '#', '2', '-', 'muon µ½ λ', '{"HEAD":2}', 'x'.repeat(300)];
/** Texts that are no number by rule 2 of docs/semantics.md. */
const nonNumbers = ['abc', 'NaN', 'Infinity', '1e', '0x1F', '+-5', '--1', '.5', '5.', '1 2', '1.2.3', '١٢', '\0', '-'];
/** Bytes that are no UTF-8, nor a line end or a comma. */
const nonUtf8 = ['\xff\xfe', '\xc3(', '\x80', '\xf0\x28\x8c'];

/** Values out of their field's range by the position of the field; HEAD has none, as any other one is ancillary. */
const outOfRange = [
  [],
  ['8', '-1', '0.5'],
  ['512', '-1', '100000', '7.25'],
  ['4294967296', '-1', '12.5', '99999999999999999999'],
  ['4096', '-1', '65535', '3.5'],
  ['32', '-1', '-0.5', '255'],
] as const;
const rangeKinds = ['range-fpga', 'range-channel', 'range-orbit', 'range-bx', 'range-tdc'] as const;

/** A malformed row: the bytes of one line without its end. */
export interface MalformedRow {
  readonly malformed: MalformedKind;
  readonly bytes: Uint8Array;
}

/** Breaks a copy of `hit`, which must be a well-formed hit, in a way drawn from all of {@link malformedKinds}. */
export function drawMalformed(hit: Hit, random: Random): MalformedRow {
  const malformed = draw(malformedKinds, random);
  const isBinary = malformed === 'binary-line' || malformed === 'binary-field';
  return { malformed, bytes: Buffer.from(breakLine(formatHit(hit), malformed, random), isBinary ? 'latin1' : 'utf8') };
}

function breakLine(line: string, kind: MalformedKind, random: Random): string {
  const fields = line.split(',');
  const anywhere = random.below(hitFields.length);
  switch (kind) {
    case 'missing-field':
      return fields.toSpliced(anywhere, 1).join(',');
    case 'extra-field':
      return fields.toSpliced(anywhere, 0, '0').join(',');
    case 'semicolons':
      return fields.join(';');
    case 'text-line':
      return draw(textLines, random);
    case 'binary-line':
      return draw(nonUtf8, random);
    case 'empty-field':
      return fields.with(anywhere, '').join(',');
    case 'not-a-number':
      return fields.with(anywhere, draw(nonNumbers, random)).join(',');
    case 'binary-field':
      return fields.with(anywhere, draw(nonUtf8, random)).join(',');
    case 'range-fpga':
    case 'range-channel':
    case 'range-orbit':
    case 'range-bx':
    case 'range-tdc': {
      const position = rangeKinds.indexOf(kind) + 1;
      return fields.with(position, draw(outOfRange[position], random)).join(',');
    }
  }
}

function draw<T>(choices: readonly T[], random: Random): T {
  return choices[random.below(choices.length)];
}
