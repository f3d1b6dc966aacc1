import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { ConfigFile, readConfigFile } from '../../../src/commands/config/file.js';
import { checkConfig } from '../../../src/commands/config/problems.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { arbitraryBytes, mutatedBytes } from '../../helpers/random/mutated-bytes.js';
import { RandomSource } from '../../helpers/random/random-source.js';
import { decodeWithinBounds } from '../../helpers/assert/total.js';
import { temporaryDir } from '../../transport/embedded/temporary-store.js';

const whole = Buffer.from(`# a comment
store: .dtstream
geometry: &all
  triggers: [{ fpga: 1, channel: 128 }]
  chambers:
    - { fpga: 0, channelFirst: 0 }
    - { fpga: 0, channelFirst: 64 }
defaults: { lateness: 4096, 'batch-rows': "10k" }
commands:
  process: { threads: 2, lateness: &late 12 }
  watch:
    once: true
    group: >-
      folded
      text
`);

function problemsOf(text: string): unknown {
  const checked = checkConfig(new ConfigFile('dtstream.yaml', text));
  return checked.problems ?? checked.values;
}

describe('configuration files of anybody', () => {
  let dir: string;
  let remove: () => void;
  before(() => {
    ({ dir, remove } = temporaryDir());
  });
  after(() => remove());

  it('give values or problems with their place, whatever is wrong with them', () => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (seed, isArbitrary) => {
        const random = new RandomSource(seed);
        const bytes = isArbitrary ? arbitraryBytes(random) : mutatedBytes(whole, random);
        assert.ok(decodeWithinBounds(() => problemsOf(bytes.toString()), () => false) !== undefined); // prettier-ignore
      }),
      { numRuns: casesOf(1500) },
    );
  });

  for (const [what, text] of [
    ['lists in lists without an end', '['.repeat(5000)],
    ['maps in maps without an end', '{a: '.repeat(5000)],
    ['blocks in blocks', Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['aliases of aliases', `a: &a [1,1,1,1,1,1,1,1,1]\n${Array.from('bcdefghi', (name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join()}]`).join('\n')}`], // prettier-ignore
    ['an alias of itself', 'defaults: &a { threads: [*a] }'],
  ] as const) {
    it(`say what is wrong with ${what}`, () => {
      const checked = decodeWithinBounds(() => checkConfig(new ConfigFile('f', text)), () => false); // prettier-ignore
      assert.match(checked?.problems?.[0]?.rule ?? '', /nested too deeply|alias|Invalid input|expected/);
    });
  }

  it('are not read beyond what one can have, also where they have no end', async () => {
    const path = join(dir, 'large.yaml');
    writeFileSync(path, `# ${'x'.repeat(300_000)}\n`);
    const refusal = { code: 'config', message: /must have at most 262144 bytes, got more/ };
    await assert.rejects(readConfigFile(path), refusal);
    await assert.rejects(readConfigFile('/dev/zero'), refusal);
    await assert.rejects(readConfigFile(join(dir, 'missing.yaml')), { code: 'config', message: /cannot read/ });
    writeFileSync(path, whole);
    assert.equal((await readConfigFile(path)).faults.length, 0);
  });
});
