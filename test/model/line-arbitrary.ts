import fc from 'fast-check';
import { defaultGeometry } from '../../src/domain/geometry.js';
import { csvHeader } from '../../src/domain/hit.js';
import type { NoRow, Row } from './classify.js';

/** A line of a stream, with what must become of it in the default geometry. */
export interface StreamLine {
  /** Without its end. */
  readonly text: string;
  readonly end: '\n' | '\r\n';
  readonly fate: Row | NoRow;
  /** Number of the jump-free stretch of the stream that it belongs to. */
  readonly segment: number;
  /** The produce run that the line is of, where that has a mark. */
  readonly mark: string | undefined;
}

/** A line before it has its orbit. */
export interface LineSpec {
  readonly kind: 'hit' | 'scintillator' | 'unwired' | 'ancillary' | 'malformed' | 'none' | 'corrupt';
  /** Board and channel of a hit. */
  readonly wire: { readonly fpga: number; readonly channel: number };
  /** Orbits by which the stream moves on before the line, and by which the line itself is too late. */
  readonly step: number;
  readonly back: number;
  readonly bx: number;
  readonly tdc: number;
  /** How one of the six numbers is written. */
  readonly style: { readonly kind: (typeof styles)[number]; readonly field: number };
  /** Which malformed line, header, flipped bit or ancillary row it is. */
  readonly variant: number;
  readonly isCrLf: boolean;
}

const styles = [
  'plain',
  'blanks',
  'tab',
  'decimals',
  'zeros',
  'minus zero',
  'fraction',
  'plus',
  'exponent',
  'scaled',
] as const;

/** All kinds of lines, most of them hits in neighbouring orbits. */
export function lineArbitrary(options: { disorder: number; corrupt: boolean }): fc.Arbitrary<LineSpec> {
  const kinds: { arbitrary: fc.Arbitrary<LineSpec['kind']>; weight: number }[] = [
    { weight: 20, arbitrary: fc.constant('hit') },
    { weight: 3, arbitrary: fc.constant('scintillator') },
    { weight: 1, arbitrary: fc.constantFrom('unwired', 'ancillary', 'malformed', 'none') },
  ];
  if (options.corrupt) kinds.push({ weight: 1, arbitrary: fc.constant('corrupt') });
  return fc.record({
    kind: fc.oneof(...kinds),
    wire: fc.record({ fpga: fc.nat(1), channel: fc.oneof(fc.nat(3), fc.nat(127)) }),
    step: fc.oneof({ weight: 5, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(3000) }),
    back: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(options.disorder) }),
    bx: fc.nat(3563),
    tdc: fc.nat(31),
    style: fc.record({
      kind: fc.oneof({ weight: 6, arbitrary: fc.constant('plain' as const) }, fc.constantFrom(...styles)),
      field: fc.nat(5),
    }),
    variant: fc.nat(1000),
    isCrLf: fc.boolean(),
  });
}

/** The line that a spec makes at a raw orbit. */
export function writeLine(spec: LineSpec, orbit: number): Omit<StreamLine, 'segment' | 'mark'> {
  return { ...textAndFate(spec, orbit), end: spec.isCrLf ? '\r\n' : '\n' };
}

function textAndFate(spec: LineSpec, orbit: number): Pick<StreamLine, 'text' | 'fate'> {
  const { wire, variant, bx, tdc } = spec;
  const hitAt = (fpga: number, channel: number, at: number): string =>
    styled([2, fpga, channel, at, bx, tdc], spec.style);
  switch (spec.kind) {
    case 'hit':
      return { text: hitAt(wire.fpga, wire.channel, orbit), fate: hitFate(wire, orbit) };
    case 'scintillator':
      return { text: hitAt(1, 128, orbit), fate: { kind: 'scintillator', orbit } };
    case 'corrupt': {
      const flipped = (orbit ^ (1 << (21 + (variant % 11)))) >>> 0;
      return { text: hitAt(wire.fpga, wire.channel, flipped), fate: hitFate(wire, flipped) };
    }
    case 'unwired': {
      const [fpga, channel] = pick(unwired, variant);
      return { text: hitAt(fpga, channel, orbit), fate: { kind: 'dropped', reason: 'channel' } };
    }
    case 'ancillary': {
      const ahead = (orbit + ((variant * 115) % 115_001)) % 2 ** 32;
      const text = `${pick(ancillaryHeads, variant)},${wire.fpga},${wire.channel},${ahead},${bx * 5},${pick(ancillaryTdc, variant)}`;
      return { text, fate: { kind: 'dropped', reason: 'head' } };
    }
    case 'malformed':
      return malformed(spec, orbit);
    case 'none':
      return { text: pick(noRows, variant), fate: { kind: 'none' } };
    default:
      return spec.kind satisfies never;
  }
}

const unwired = [[1, 129], [0, 128], [0, 511], [2, 0], [7, 127]] as const; // prettier-ignore
const ancillaryHeads = ['0', '1', '3', '4', '5', '6', '7', '-2', '2.5', '-0', '20'];
const ancillaryTdc = ['-9', '3.5', '0', '31', '-0.25', '1000000', '-9e0', '+35E-1'];
const noRows = ['', ' ', ' \t', csvHeader, csvHeader.toLowerCase(), csvHeader.replaceAll(',', ' ,\t')];

/** Lines that break rule 1, whatever the orbit. */
const notSixFields = ['garbage', '2,0,1,5,6', '2,0,1,5,6,7,', '2;0;1;5;6;7', ',', 'HEAD,FPGA', '\u0000'];
/** Fields that break rule 2. */
const notNumbers = [
  '',
  ' ',
  '+',
  '1.',
  '.5',
  '-',
  '--1',
  '1e',
  'e3',
  '1e+',
  '0x1',
  'NaN',
  '1 2',
  '"1"',
  '\r1',
  '\uff11',
  'HEAD',
];
/** Fields that break rule 4, with their place. */
const outOfRange = [
  ...['8', '-1', '0.5', '99999999999999999999'].map((value) => [1, value] as const),
  ...['512', '-1', '1.25'].map((value) => [2, value] as const),
  ...['4294967296', '-1', '7.5', '18446744073709551616', '4294967295.00001', '1e400', '5e-1'].map(
    (value) => [3, value] as const,
  ),
  ...['4096', '-1', '5.5'].map((value) => [4, value] as const),
  ...['32', '32.0', '-1', '-0.001', '1000'].map((value) => [5, value] as const),
];

function malformed({ wire, variant, bx, tdc, style }: LineSpec, orbit: number): Pick<StreamLine, 'text' | 'fate'> {
  const fields = ['2', `${wire.fpga}`, `${wire.channel}`, `${orbit}`, `${bx}`, `${tdc}`];
  const index = Math.floor(variant / 3);
  if (variant % 3 === 0) return { text: pick(notSixFields, index), fate: { kind: 'rejected', reason: 'fields' } };
  if (variant % 3 === 1) {
    fields[style.field] = pick(notNumbers, index);
    return { text: fields.join(','), fate: { kind: 'rejected', reason: 'number' } };
  }
  const [field, value] = pick(outOfRange, index);
  fields[field] = value;
  return { text: fields.join(','), fate: { kind: 'rejected', reason: 'range' } };
}

/** Writes one of the six numbers in another way that means the same. */
function styled(values: readonly number[], { kind, field }: LineSpec['style']): string {
  const texts = values.map(String);
  const styledText: Record<typeof kind, string> = {
    plain: texts[field],
    blanks: `  ${texts[field]} `,
    tab: `\t${texts[field]}\t`,
    decimals: `${texts[field]}.000`,
    zeros: `00${texts[field]}`,
    'minus zero': values[field] === 0 ? '-0' : texts[field],
    plus: `+${texts[field]}`,
    exponent: values[field].toExponential(18).replace('e+', field % 2 === 0 ? 'e+0' : 'E'),
    scaled: `${texts[field]}000e-3`,
    fraction: field === 5 ? `${texts[field]}.99999999999999999999` : texts[field],
  };
  texts[field] = styledText[kind];
  return texts.join(',');
}

function hitFate(wire: LineSpec['wire'], orbit: number): Row {
  const chamber = defaultGeometry.chambers.findIndex(
    ({ fpga, channelFirst }) => fpga === wire.fpga && channelFirst === Math.floor(wire.channel / 64) * 64,
  );
  return { kind: 'hit', chamber, channel: wire.channel % 64, orbit };
}

function pick<T>(values: readonly T[], index: number): T {
  return values[index % values.length];
}
