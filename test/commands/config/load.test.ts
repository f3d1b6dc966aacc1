import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, loadConfig } from '../../../src/commands/config/load.js';
import { defaultPhysics } from '../../../src/domain/physics-settings.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { defaultQuality } from '../../../src/quality/quality-settings.js';
import { tempFolder } from '../../sources/temp-folder.js';

/** Loads a config file with the given text. */
function loadText(context: TestContext, text: string): Promise<Config> {
  return loadConfig(join(tempFolder(context, { 'c.yaml': text }), 'c.yaml'));
}

describe('loadConfig', () => {
  it('gives the default geometry without a file, and for an empty one', async (context) => {
    const standard = {
      geometry: defaultGeometry,
      physics: defaultPhysics,
      quality: defaultQuality,
      hasOwnGeometry: false,
    };
    assert.deepEqual(await loadConfig(undefined), standard);
    for (const text of ['', '# nothing yet\n', 'geometry:\nkafka:\n', 'defaults: {quiet: true}\n']) {
      assert.deepEqual(await loadText(context, text), standard, text);
    }
  });

  it('takes the default for what a geometry leaves out', async (context) => {
    const triggers = [{ fpga: 0, channel: 130, time: true, chambers: 'all' }];
    assert.deepEqual(await loadText(context, 'geometry: {triggers: [{fpga: 0, channel: 130}]}'), {
      geometry: { ...defaultGeometry, triggers },
      physics: defaultPhysics,
      quality: defaultQuality,
      hasOwnGeometry: true,
    });
    const { geometry } = await loadText(context, 'geometry: {chambers: [{fpga: 3, channelFirst: 0, zMm: 10}]}');
    assert.deepEqual(geometry, {
      ...defaultGeometry,
      chambers: [{ fpga: 3, channelFirst: 0, channels: 64, zMm: 10, xMm: 0, rotated: false, t0Ns: 95 }],
    });
  });

  it('takes the units of another clock', async (context) => {
    const { geometry } = await loadText(context, 'geometry: {clock: {orbitBx: 100, bxNs: 12.5}}');
    assert.deepEqual(geometry.clock, { orbitBx: 100, bxNs: 12.5, bxTdcCounts: 30 });
    await assert.rejects(loadText(context, 'geometry: {clock: {orbitBx: 5000}}'), /c\.yaml:1:29: .*<=4096$/);
  });

  it('takes a geometry without any trigger', async (context) => {
    assert.deepEqual((await loadText(context, 'geometry: {triggers: []}')).geometry.triggers, []);
  });

  it('reads the example of run 591: a trigger of its own on each board, two views, time from the chambers', async () => {
    const { geometry, physics } = await loadConfig(
      fileURLToPath(new URL('../../../../examples/run591.yaml', import.meta.url)),
    );
    assert.deepEqual(geometry, {
      chambers: defaultGeometry.chambers.map((chamber, index) => ({ ...chamber, t0Ns: 365, rotated: index % 2 === 1 })),
      triggers: [
        { fpga: 0, channel: 138, time: true, chambers: [0, 1] },
        { fpga: 1, channel: 138, time: true, chambers: [2, 3] },
      ],
      clock: defaultGeometry.clock,
      driftVelocityUmNs: 57,
    });
    const segments = { ...defaultPhysics.segments, sigmaXMm: 0.5 };
    assert.deepEqual(physics, { ...defaultPhysics, time: 'chambers', segments });
  });

  const chamber = '{fpga: 0, channelFirst: 0, zMm: 1}';
  const failures: readonly [title: string, text: string, message: RegExp][] = [
    [
      'a trigger that times a chamber that is not there',
      'geometry:\n  triggers: [{fpga: 1, channel: 128, chambers: [0, 4]}]\n',
      /c\.yaml:2:52: geometry\.triggers\.0\.chambers\.1: there is no chamber 4: they are numbered from 0 to 3$/,
    ],
    [
      'a chamber of channels that are no whole columns',
      'geometry:\n  chambers: [{fpga: 0, channelFirst: 0, zMm: 1, channels: 30}]\n',
      /c\.yaml:2:\d+: geometry\.chambers\.0\.channels: .*4$/,
    ],
    ['text that is no YAML', 'geometry: [\n', /c\.yaml:2:1: /],
    ['a key twice', 'geometry: {}\ngeometry: {}\n', /c\.yaml:2:1: Map keys must be unique$/],
    ['two documents', 'geometry: {}\n---\ngeometry: {}\n', /c\.yaml:2:1: a config file is one document$/],
    ['a list instead of keys', '- geometry\n', /c\.yaml:1:1: must be a list of keys$/],
    ['an unknown key', 'geometry: {}\nchambres: []\n', /c\.yaml:2:1: Unrecognized key: "chambres"$/],
    [
      'an unknown key further in',
      'geometry:\n  trigger: []\n',
      /c\.yaml:2:3: geometry: Unrecognized key: "trigger" \(did you mean triggers\?\)$/,
    ],
    [
      'an unknown key of one way to say it',
      'kafka:\n  tls: {caa: x.pem}\n',
      /c\.yaml:2:9: kafka\.tls: Unrecognized key: "caa" \(did you mean ca\?\)$/,
    ],
    [
      'a secret, which it does not show',
      'kafka:\n  sasl: {mechanism: plain, password: hunter2}',
      /c\.yaml:2:28: kafka\.sasl: Unrecognized key: "password" \(secrets do not belong here: see passwordFile[^2]*$/,
    ],
    ['no chamber at all', 'geometry:\n  chambers: []\n', /c\.yaml:2:13: geometry\.chambers: Too small/],
    [
      'a chamber beyond the board',
      'geometry:\n  chambers:\n    - {fpga: 0, channelFirst: 449, zMm: 1}',
      /c\.yaml:3:31: .*a board has channels 0 to 511, chamber 0 would end at 512$/,
    ],
    [
      'a channel in two chambers',
      `geometry:\n  chambers:\n    - ${chamber}\n    - {fpga: 0, channelFirst: 60, zMm: 1}`,
      /c\.yaml:4:31: .*: FPGA 0 channel 60 is in chamber 0 and chamber 1$/,
    ],
    [
      'a trigger in a chamber',
      'geometry:\n  triggers:\n    - {fpga: 1, channel: 127}',
      /c\.yaml:3:7: .*: FPGA 1 channel 127 is in chamber 3 and trigger 0$/,
    ],
    ['an alias that leads nowhere', 'geometry: *there\n', /c\.yaml:1:1: Unresolved alias/],
  ];
  for (const [title, text, message] of failures) {
    it(`names line, column and rule: ${title}`, async (context) => {
      await assert.rejects(loadText(context, text), { name: 'DtstreamError', code: 'config', message });
    });
  }

  it('names a file that cannot be read', async (context) => {
    const folder = tempFolder(context);
    await assert.rejects(
      loadConfig(join(folder, 'absent.yaml')),
      /cannot read .*absent\.yaml: no such file or directory$/,
    );
    await assert.rejects(loadConfig(folder), {
      code: 'config',
      message: /cannot read .*: illegal operation on a directory$/,
    });
  });
});
