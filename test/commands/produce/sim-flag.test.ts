import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import fc from 'fast-check';
import { applySettings } from '../../../src/commands/config/apply-settings.js';
import { addSimulatorFlags, simulatorOptionsOf, simulatorSettings } from '../../../src/commands/flags/simulator.js';
import { addSimFlag, simFlagsOf } from '../../../src/commands/produce/sim-flag.js';

/** What flags, variables and a file say of the simulator. */
function simOf(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  file: Readonly<Record<string, string>> = {},
): ReturnType<typeof simFlagsOf> {
  const command = addSimFlag(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse([...args], { from: 'user' });
  applySettings(command, env, (option) => {
    const text = file[option.long?.slice(2) ?? ''];
    return text === undefined ? undefined : { text, place: 'file', key: option.name() };
  });
  return simFlagsOf(command);
}

/** Texts that an option of the simulator takes. */
const textOf = ({ name, isList, word }: (typeof simulatorSettings)[number]): fc.Arbitrary<string> => {
  const wires = (form: (channel: number) => string): fc.Arbitrary<string> =>
    fc.array(fc.nat(63), { minLength: 1, maxLength: 4 }).map((channels) => channels.map(form).join(','));
  if (name === 'dead') return wires((channel) => `2:${channel}`);
  if (name === 'hot') return wires((channel) => `2:${channel}:4.5`);
  if (name === 'bursts') return wires((channel) => `2:${channel}:0.5:20`);
  if (name === 'layerEfficiency') return fc.constantFrom('0.97,0.97,0.8,1', '0,1,0.25,0.5');
  if (isList) return wires((row) => `${row + 1}k`);
  return /share|efficiency/.test(word) ? fc.constantFrom('0', '0.25', '1') : fc.constantFrom('0', '1', '2');
};

describe('--sim', () => {
  it('says what the flags of simulate say, in any order and over any number of --sim', () => {
    const given = fc
      .shuffledSubarray([...simulatorSettings])
      .chain((settings) =>
        fc.tuple(
          ...settings.map((setting) =>
            fc.tuple(textOf(setting), fc.boolean()).map(([text, apart]) => ({ setting, text, apart })),
          ),
        ),
      );
    fc.assert(
      fc.property(given, (all) => {
        const flags = addSimulatorFlags(new Command());
        flags.parse(all.flatMap(({ setting, text }) => [`--${setting.word}`, text]), { from: 'user' }); // prettier-ignore
        const calls: string[] = [];
        for (const { setting, text, apart } of all) {
          const piece = `${setting.word}=${text}`;
          calls.push(apart || calls.length === 0 ? piece : `${calls.pop()},${piece}`);
        }
        const { values, advice } = simOf(calls.flatMap((call) => ['--sim', call]));
        assert.deepEqual(Object.entries(values), Object.entries(simulatorOptionsOf(flags.opts())));
        assert.equal(advice, undefined);
      }),
    );
  });

  it('takes a list with commas, and the last of a key', () => {
    const { values } = simOf(['--sim', 'seed=1,dead=2:17,3:5,seed=2', '--sim', 'hot=0:5:40,seed=3']);
    const dead = [{ chamber: 2, channel: 17 }, { chamber: 3, channel: 5 }]; // prettier-ignore
    assert.deepEqual(values, { seed: 3, hot: [{ chamber: 0, channel: 5, factor: 40 }], dead });
  });

  for (const [text, rule] of [
    ['seed', /must be key=value,…, such as seed=7,dead=2:17,3:5/],
    ['3,seed=1', /must be key=value,…/],
    ['', /must be key=value,…/],
    ['sed=1', /must have keys of the flags of dtstream simulate \(did you mean seed\?\)/],
    ['seed=1,2', /seed must be a number/],
    ['seed=', /seed must be a number/],
    ['noise-spread=4', /noise-spread must be at most 3/],
    ['dead=2:99', /dead must be a list of chamber:channel/],
  ] as const) {
    it(`refuses ${text === '' ? 'nothing' : text}`, () => {
      assert.throws(() => simOf(['--sim', text]), rule);
    });
  }

  it('comes from the nearest place, as every flag does', () => {
    const env = { DTSTREAM_SIM: 'seed=2' };
    assert.deepEqual(simOf([], env, { sim: 'seed=3' }).values, { seed: 2 });
    assert.deepEqual(simOf(['--sim', 'dead=0:1'], env).values, { dead: [{ chamber: 0, channel: 1 }] });
  });

  it('stands beside the flags of former versions, which are told in the new form', () => {
    const old = simOf(['--sim-seed', '3', '--sim-dead', '0:5,1:7', '--sim-hot', '2:17:50']);
    const { advice = '' } = old;
    assert.match(advice, /^--sim-seed, --sim-hot, --sim-dead: deprecated, use --sim seed=3,hot=2:17:50,dead=0:5,1:7$/);
    assert.equal(old.onCommandLine, '--sim-seed');
    assert.deepEqual(simOf(['--sim', advice.replace(/.*--sim /, '')]).values, old.values);
  });

  it('counts before those of the same place, and after those of a nearer one', () => {
    assert.deepEqual(simOf(['--sim', 'seed=1', '--sim-seed', '3']).values, { seed: 1 });
    assert.deepEqual(simOf(['--sim', 'seed=1'], { DTSTREAM_SIM_SEED: '3' }).values, { seed: 1 });
    assert.deepEqual(simOf(['--sim-seed', '3'], { DTSTREAM_SIM: 'seed=1' }).values, { seed: 3 });
    assert.deepEqual(simOf([], { DTSTREAM_SIM: 'seed=1' }, { 'sim-seed': '3', 'sim-dead': '0:1' }).values, {
      seed: 1,
      dead: [{ chamber: 0, channel: 1 }],
    });
  });
});
