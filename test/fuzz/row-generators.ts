import { csvHeader } from '../../src/domain/hit.js';
import { wordBytes } from '../../src/domain/word.js';
import { mutatedBytes } from '../helpers/random/mutated-bytes.js';
import type { RandomSource } from '../helpers/random/random-source.js';

/** Makes bytes of rows, right ones and wrong ones. */
export interface RowGenerator {
  readonly name: string;
  readonly format: 'csv' | 'words';
  /** Lines with their ends, or words of which the last one may be cut; about so many. */
  write(random: RandomSource, rows: number): Buffer;
}

/** Values at the borders of every rule and of every width that a decoder may treat in its own way. */
const edges = [
  ...[
    '0',
    '1',
    '2',
    '7',
    '8',
    '9',
    '10',
    '31',
    '32',
    '63',
    '64',
    '99',
    '100',
    '127',
    '128',
    '511',
    '512',
    '999',
    '1000',
  ],
  ...['3563', '3564', '4095', '4096', '9999', '10000', '18504', '99999999', '999999999', '2500000000', '3999999999'],
  ...['4000000000', '4294967295', '4294967296', '5000000000', '9999999999', '10000000000', '99999999999999999999'],
  ...[
    '00',
    '007',
    '0000000002',
    '-0',
    '-1',
    '-9',
    '3.5',
    '31.99',
    '-0.5',
    '2.0',
    '1.',
    '.5',
    '-',
    '',
    ' 1',
    '1\t',
    '+2',
  ],
  ...['2e0', '2.5E9', '25e-1', '1e400', '0e999999999', '-1e-3', '1e', '0x1', 'NaN', '"1"', '1 2', '4294967295.00001'],
];
const alphabet = Buffer.from('0123456789,,,,--.. \t\r\n+eEHp";/:\u0000\u00b2', 'latin1');
const noRows = ['', ' ', '\t', csvHeader, csvHeader.toLowerCase(), csvHeader.replaceAll(',', ' ,\t'), '# a comment'];

function plainFields(random: RandomSource): string[] {
  const head = random.oneIn(8) ? random.below(9) : 2;
  const fpga = random.oneIn(10) ? random.below(9) : random.below(2);
  const channel = random.oneIn(6) ? random.below(520) : random.below(130);
  const orbit = random.oneIn(3) ? random.uint32() : random.below(100_000);
  return [head, fpga, channel, orbit, random.below(3600), random.below(33)].map(String);
}

/** A line of canonical columns without its end, right or nearly so most often. */
export function csvLine(random: RandomSource): Buffer {
  const fields = plainFields(random);
  switch (random.below(12)) {
    case 0:
      fields[random.below(6)] = random.pick(edges);
      return Buffer.from(fields.join(','));
    case 1: {
      const field = random.below(6);
      fields[field] = random.pick([
        `  ${fields[field]} `,
        `\t${fields[field]}`,
        `00${fields[field]}`,
        `${fields[field]}.0`,
      ]);
      return Buffer.from(fields.join(','));
    }
    case 2: {
      const bytes = Buffer.from(fields.join(','));
      for (let left = random.below(3); left >= 0; left--)
        bytes[random.below(bytes.length)] = random.pick([...alphabet]);
      return bytes;
    }
    case 3:
      return random.oneIn(3)
        ? Buffer.from(random.pick(noRows))
        : Buffer.from([...fields, ...fields].slice(0, random.below(9)).join(','));
    case 4:
      return mutatedBytes(Buffer.from(fields.join(',')), random);
    case 5:
      return random.oneIn(4)
        ? random.bytes(random.below(40))
        : Buffer.from(fields.map(() => random.pick(edges)).join(','));
    default:
      return Buffer.from(fields.join(','));
  }
}

/** Lines in canonical column order, most of them right or nearly so. */
const csvLines: RowGenerator = {
  name: 'lines',
  format: 'csv',
  write(random, rows) {
    const parts: Buffer[] = [];
    for (let row = 0; row < rows; row++) parts.push(csvLine(random), Buffer.from(random.oneIn(6) ? '\r\n' : '\n'));
    return Buffer.concat(parts);
  },
};

/** Words of any bits, most of them hits of a chamber. */
const words: RowGenerator = {
  name: 'words',
  format: 'words',
  write(random, rows) {
    const bytes = Buffer.alloc(rows * wordBytes + (random.oneIn(3) ? random.below(wordBytes) : 0));
    for (let at = 0; at + 4 <= bytes.length; at += 4) bytes.writeUInt32LE(random.uint32(), at);
    for (let row = 0; row < rows; row++) {
      if (random.oneIn(4)) continue;
      // HEAD 2, FPGA 0 or 1, a channel below 256: most of what is left is a hit.
      const high = bytes.readUInt32LE(row * wordBytes + 4);
      bytes.writeUInt32LE(((2 << 29) | (high & 0x05ff_ffff & ~(1 << 25))) >>> 0, row * wordBytes + 4);
    }
    return bytes;
  },
};

export const rowGenerators: readonly RowGenerator[] = [csvLines, words];
