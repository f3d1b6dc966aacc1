import { hitFields } from '../../src/domain/hit.js';

/** How the same rows may be written, and how each program is told of it. */
export interface Dress {
  readonly name: string;
  /** The first line. */
  readonly header: string;
  /** @param fields of a row, in the order of `hitFields` */
  readonly line: (fields: readonly string[], row: number) => string;
  readonly lineEnd?: '\n' | '\r\n';
  readonly isGzip?: true;
  /** The lines in a random order, the same one each time. */
  readonly isShuffled?: true;
  /** Flags that `dtstream process` needs, such as `--lateness all` for rows in any order; not to find out the layout. */
  readonly flags?: readonly string[];
  /** What the other programs must be told. */
  readonly peers: PeerReading;
  /** How many times faster than DuckDB dtstream must be. */
  readonly atLeast?: number;
}

/** What the others must be told of a file, see `benchmarks/peers/`. */
interface PeerReading {
  readonly delimiter: string;
  /** Names of all columns. */
  readonly columns: readonly string[];
  /** How the six fields are to be read first: blanks around whole numbers, or decimals. */
  readonly numbers?: 'blanks' | 'decimals';
  /** Whether rows that are none are to be left out. */
  readonly skipsBad?: true;
}

const canonicalHeader = hitFields.join(',');
const canonical: PeerReading = { delimiter: ',', columns: hitFields };
const reordered = [5, 3, 2, 0, 4, 1] as const;
const orbit = 3;
/** Orbits that pass in a pause of data taking, and the rows between two. */
const pauseOrbits = 2_400_000;
const pauseRows = 160_000;

const plain = (fields: readonly string[]): string => fields.join(',');
const inOrder = <T>(fields: readonly T[]): T[] => reordered.map((field) => fields[field]);

/** A row of which every tenth is none: one has a word for a number, the next one is cut. */
function badLine(fields: readonly string[], row: number): string {
  if (row % 10 !== 0) return plain(fields);
  return row % 20 === 0 ? fields.with(orbit, 'x').join(',') : fields.slice(0, 3).join(',');
}

/** `4.675800000000000000e+04`, as NumPy's savetxt writes a number. */
function exponential(number: string): string {
  return Number(number)
    .toExponential(18)
    .replace(/e([+-])(\d)$/, 'e$10$2');
}

/** The forms of text that are measured. */
export const dresses: readonly Dress[] = [
  { name: 'canonical', header: canonicalHeader, line: plain, peers: canonical },
  { name: 'CRLF', header: canonicalHeader, line: plain, lineEnd: '\r\n', peers: canonical },
  {
    ...{ name: '10 % bad rows', header: canonicalHeader, line: badLine },
    peers: { ...canonical, skipsBad: true },
  },
  {
    ...{ name: '`;` for `,`', header: hitFields.join(';'), line: (fields) => fields.join(';') },
    ...{ peers: { ...canonical, delimiter: ';' }, atLeast: 4 },
  },
  {
    ...{ name: 'tab for `,`', header: hitFields.join('\t'), line: (fields) => fields.join('\t') },
    ...{ peers: { ...canonical, delimiter: '\t' }, atLeast: 4 },
  },
  {
    ...{
      name: 'other column order',
      header: inOrder(hitFields).join(','),
      line: (fields) => inOrder(fields).join(','),
    },
    ...{ peers: { delimiter: ',', columns: inOrder(hitFields) }, atLeast: 4 },
  },
  {
    name: 'three more columns',
    header: `time,${hitFields.slice(0, orbit).join(',')},run,${hitFields.slice(orbit).join(',')},note`,
    line: (fields, row) =>
      `${(row / 1e4).toFixed(4)},${fields.slice(0, orbit).join(',')},591,${fields.slice(orbit).join(',')},ok`,
    peers: {
      delimiter: ',',
      columns: ['time', ...hitFields.slice(0, orbit), 'run', ...hitFields.slice(orbit), 'note'],
    },
  },
  {
    ...{
      name: 'leading index column',
      header: `,${canonicalHeader}`,
      line: (fields, row) => `${row},${plain(fields)}`,
    },
    ...{ peers: { ...canonical, columns: ['', ...hitFields] }, atLeast: 3 },
  },
  {
    ...{ name: 'one quoted column', header: canonicalHeader },
    line: (fields) => fields.with(orbit, `"${fields[orbit]}"`).join(','),
    ...{ peers: canonical, atLeast: 3 },
  },
  {
    ...{
      name: 'all columns quoted',
      header: `"${hitFields.join('","')}"`,
      line: (fields) => `"${fields.join('","')}"`,
    },
    ...{ peers: canonical, atLeast: 3 },
  },
  {
    ...{ name: 'blanks after commas', header: canonicalHeader, line: (fields) => fields.join(', ') },
    ...{ peers: { ...canonical, numbers: 'blanks' }, atLeast: 3 },
  },
  {
    ...{ name: 'decimals `.0`', header: canonicalHeader },
    line: (fields) => fields.map((field) => (field.includes('.') ? field : `${field}.0`)).join(','),
    ...{ peers: { ...canonical, numbers: 'decimals' }, atLeast: 3 },
  },
  {
    ...{ name: 'exponents (`savetxt`)', header: canonicalHeader },
    line: (fields) => fields.map(exponential).join(','),
    ...{ peers: { ...canonical, numbers: 'decimals' }, atLeast: 3 },
  },
  {
    ...{ name: 'pauses', header: canonicalHeader },
    line: (fields, row) =>
      fields.with(orbit, String(Number(fields[orbit]) + pauseOrbits * Math.floor(row / pauseRows))).join(','),
    ...{ peers: canonical, atLeast: 3 },
  },
  {
    ...{ name: 'rows shuffled, `--lateness all`', header: canonicalHeader, line: plain },
    ...{ isShuffled: true, flags: ['--lateness', 'all'], peers: canonical, atLeast: 1 },
  },
  { name: 'gzip', header: canonicalHeader, line: plain, isGzip: true, peers: canonical, atLeast: 1.4 },
];
