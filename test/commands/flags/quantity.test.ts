import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command, Option } from 'commander';
import fc from 'fast-check';
import {
  byteSize,
  duration,
  parsePace,
  parseRate,
  parseSpeed,
  plainNumber,
  wholeNumber,
} from '../../../src/commands/flags/quantity.js';
import { parseOptionText } from '../../../src/commands/config/option-text.js';
import { loadSubcommands } from '../../../src/commands/subcommands.js';
import { testConsole } from '../../helpers/program/test-process.js';

type Parser = (text: string) => number | 'detector';

/** What is read, and as which number. */
const taken: readonly (readonly [
  name: string,
  parser: Parser,
  values: Readonly<Record<string, number | 'detector'>>,
])[] = [
  [
    'a whole number',
    wholeNumber(0),
    {
      ...{ '0': 0, '1': 1, '007': 7, '500': 500, '10k': 10_000, '2M': 2e6, '0.5M': 500_000, '1.1M': 1_100_000 },
      ...{ '1G': 1e9, '4Ki': 4096, '1.5Mi': 1_572_864, '10 k': 10_000, '0.001k': 1, '5.000': 5 },
      ...{ '1e6': 1_000_000, '2.5e3': 2500, '1e+2': 100, '3e0': 3 },
      '9007199254740991': Number.MAX_SAFE_INTEGER,
    },
  ],
  [
    'a rate',
    parseRate,
    { '1000': 1000, '1e3': 1000, '10k': 10_000, '2.5M': 2_500_000, '0.5': 0.5, '3 G': 3e9, max: Infinity },
  ],
  ['a pace', parsePace, { '10k': 10_000, '0.5': 0.5, max: Infinity, detector: 'detector' }],
  ['a speed', parseSpeed, { '10': 10, '0.5': 0.5, '2k': 2000, '0.001': 0.001, '1M': 1e6 }],
  [
    'a size',
    byteSize(1),
    {
      ...{ '1000': 1000, '500MB': 5e8, '4GiB': 2 ** 32, '1.5 kB': 1500, '64Ki': 65_536, '2T': 2e12, '100 B': 100 },
      ...{ '2.7': 3, '1.0004k': 1000 },
    },
  ],
  [
    'a time',
    duration({ minMs: 0 }),
    {
      ...{ '0': 0, '0ms': 0, '10ms': 10, '0.5ms': 0.5, '1.5s': 1500, '2': 2000, '0.25': 250, '2m': 120_000 },
      ...{ '2min': 120_000, '1 h': 3_600_000, '24h': 86_400_000 },
    },
  ],
  ['a time of whole ms', duration({ minMs: 1 }), { '0.6ms': 1, '500ms': 500, '2s': 2000, '3': 3000, '1.5m': 90_000 }],
];

/** What is refused, and in which words. */
const refused: readonly (readonly [parser: Parser, rule: RegExp, texts: readonly string[]])[] = [
  [parseSpeed, /^must be a number from 0\.001 to 1000000, such as 10\.$/, ['0', '0.0009', '1.1M', '-1', 'max', '']],
  [parsePace, /such as 1000 or 10k, or max or detector\.$/, ['0', '-1', 'Detector', 'orbits', '']],
  [
    wholeNumber(1, 256),
    /^must be a whole number from 1 to 256\.$/,
    [
      '0',
      '257',
      '-1',
      '+1',
      '1.5',
      '1e3',
      '1e-2',
      '1e',
      'e2',
      '1e2k',
      '1E2',
      '1k',
      '1m',
      'k',
      '0x10',
      '',
      ' 1',
      '٣',
      'many',
      '0.0001k',
      '1_000',
      '1,000',
    ],
  ],
  [wholeNumber(1), /^must be a whole number of at least 1, such as 500, 10k or 2\.5M\.$/, ['0', '0.5', '1.0005k', '9999999999G', '1.00001Ki']], // prettier-ignore
  [parseRate, /^must be a number of rows per second, such as 1000, 10k or max\.$/, ['', '0', '-1', '1e-3', '1K', 'MAX', 'NaN', 'Infinity', '1ms', '9'.repeat(400)]], // prettier-ignore
  [byteSize(100), /^must be a size of at least 100 bytes, such as 500MB or 4GiB\.$/, ['', '99', '1GB2', '-1', 'GiB', '9999999TB', '1KB', '5s', 'B']], // prettier-ignore
  [duration({ minMs: 0, maxMs: 10_000 }), /^must be a time from 0 ms to 10 s, such as 500ms, 2s or 5m\.$/, ['', '11s', '11', '-1ms', 's', '1d', '2k', '1M', '2  s']], // prettier-ignore
  [duration({ minMs: 1 }), /^must be a time from 1 ms to 86400 s, such as 500ms, 2s or 5m\.$/, ['0', '0.1ms', '25h', '9'.repeat(2000)]], // prettier-ignore
];

/** What a value of a flag is, by what stands for it in the help. */
const kinds: Readonly<Record<string, 'count' | 'signed' | 'rate' | 'size' | 'time' | 'list' | 'other'>> = {
  ...{
    n: 'count',
    '±n': 'signed',
    rows: 'count',
    orbits: 'count',
    'orbits|all': 'count',
    port: 'count',
    percent: 'count',
  },
  ...{ 'rows/s': 'rate', 'hits/s': 'rate', times: 'rate', size: 'size', time: 'time', list: 'list' },
  ...{
    name: 'other',
    file: 'other',
    dir: 'other',
    how: 'other',
    form: 'other',
    format: 'other',
    codec: 'other',
    who: 'other',
  },
  ...{
    place: 'other',
    'name.': 'other',
    moment: 'other',
    url: 'other',
    host: 'other',
    'host:port,…': 'other',
    'key=value,…': 'other',
    'kind:args@start[-end': 'other',
    'kind:args,…': 'other',
    what: 'other',
    set: 'other',
    text: 'other',
    '[host:': 'other',
    shell: 'other',
    commands: 'other',
  },
};

/** Texts that must mean the same to a flag of a kind, if it takes them at all; and such that none may take. */
const sameTexts = {
  count: [['1k', '1000'], ['1e3', '1000'], ['0.5k', '500'], ['0.002k', '2'], ['0.001M', '1000'], ['1Ki', '1024'], ['0.05k', '50']],
  signed: [['0.1k', '100'], ['-0.1k', '-100'], ['+0.002k', '2'], ['-0', '0']],
  rate: [['1k', '1000'], ['1e3', '1000'], ['2.5M', '2500000'], ['1 G', '1000000000'], ['2Ki', '2048']],
  size: [['500MB', '500000000'], ['0.5G', '500000000'], ['4GiB', '4294967296'], ['4 Gi', '4294967296']],
  time: [['2', '2s'], ['2000ms', '2'], ['0.5m', '30s'], ['0.5min', '30'], ['0.005h', '18 s'], ['1.5', '1500ms'], ['0.25h', '15 min']],
} as const; // prettier-ignore
const noTexts = {
  count: ['', '-1', '1e-3', '0x10', '0.0001k', '1.5', '5s', '1KB', 'many'],
  signed: ['', '--1', '+-1', '1e-1', '-0.0001k', '1.5', '5s', 'many'],
  rate: ['', '-1', '0', '1e-3', '1m', '5s', 'MAX', '1KB'],
  size: ['', '-1', '1e-9', '5s', 'MB', '1GB2', '10'],
  time: ['', '-1s', '1d', '5k', '1e3ms', 's', '25h', '1s2', '2  s'],
} as const;

/** Lists by what is in them. */
const listKinds: Readonly<Record<string, keyof typeof sameTexts | undefined>> = {
  ...{ instances: 'count', threads: 'count', partitions: 'count', shards: 'count', 'rows-per-message': 'count' },
  ...{ rate: 'rate', 'batch-interval': 'time' },
};

interface TakingFlag {
  readonly name: string;
  readonly option: Option;
  readonly kind: keyof typeof sameTexts | 'other' | 'simulated';
}

const commandsBelow = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(commandsBelow)];

/** Every flag that takes a value, of every command. @throws for one whose kind is not known here */
async function takingFlags(): Promise<TakingFlag[]> {
  const commands = (await loadSubcommands(testConsole().console)).flatMap(commandsBelow);
  return commands.flatMap((command) =>
    command.options
      .filter(({ required, optional }) => required || optional)
      .map((option): TakingFlag => {
        const name = `${command.name()} ${option.long}`;
        const placeholder = /[<[](.+?)(?:\.\.\.)?[>\]]/.exec(option.flags)?.[1] ?? '';
        const kind = kinds[placeholder] ?? (option.parseArg === undefined ? 'other' : undefined);
        assert.ok(kind !== undefined, `${name} takes ${placeholder}: say in this test which quantity that is`);
        if (kind !== 'other' && option.helpGroupHeading === 'Simulated rows:')
          return { name, option, kind: 'simulated' };
        if (kind !== 'list') return { name, option, kind };
        return { name, option, kind: listKinds[option.name()] ?? 'other' };
      }),
  );
}

const valueOf = (option: Option, text: string): unknown => {
  const parsed = parseOptionText(option, text);
  return 'rule' in parsed ? 'refused' : parsed.value;
};

describe('quantities', () => {
  for (const [name, parser, values] of taken) {
    it(`are read as ${name}`, () => {
      for (const [text, value] of Object.entries(values)) assert.equal(parser(text), value, text);
    });
  }

  it('are refused when they are none or out of bounds, in the same words', () => {
    for (const [parser, message, texts] of refused) {
      for (const text of texts) assert.throws(() => parser(text), { message }, JSON.stringify(text));
    }
  });

  it('are whole exactly where their digits say so', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(5), (count, zeros) => {
        const thousandths = `${Math.floor(count / 1000)}.${String(count % 1000).padStart(3, '0')}${'0'.repeat(zeros)}`;
        assert.equal(wholeNumber(0)(`${thousandths}k`), count);
        assert.throws(() => wholeNumber(0)(`${thousandths}1k`));
      }),
    );
  });

  it('leave what is no number to others', () => {
    assert.deepEqual(['12k', '0.5', '2:17', '1e3', '', 'x'].map(plainNumber), [12_000, 0.5, '2:17', 1000, '', 'x']);
  });
});

describe('every flag that takes a quantity', () => {
  it('takes the same units as all others of its kind, and nothing else', async () => {
    const flags = await takingFlags();
    const found = new Set(flags.map(({ kind }) => kind));
    assert.deepEqual([...found].sort(), ['count', 'other', 'rate', 'signed', 'simulated', 'size', 'time']);
    for (const { name, option, kind } of flags) {
      if (kind === 'other') continue;
      if (kind === 'simulated') {
        for (const [text, plain] of sameTexts.count) assert.deepEqual(valueOf(option, text), valueOf(option, plain), `${name} ${text}`); // prettier-ignore
        continue;
      }
      let takes = 0;
      for (const [text, other] of sameTexts[kind]) {
        const value = valueOf(option, text);
        assert.deepEqual(value, valueOf(option, other), `${name} ${text} and ${other}`);
        if (value !== 'refused') takes++;
      }
      assert.ok(takes > 0, `${name} takes none of ${sameTexts[kind].flat().join()}`);
      for (const text of noTexts[kind])
        assert.equal(valueOf(option, text), 'refused', `${name} ${JSON.stringify(text)}`);
    }
  });
});
