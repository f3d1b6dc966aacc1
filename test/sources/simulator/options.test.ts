import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DtstreamError } from '../../../src/errors.js';
import { resolveSimulatorOptions, simulatorOptionsSchema } from '../../../src/sources/simulator/options.js';

test('options as text mean the same as typed ones', () => {
  assert.deepEqual(
    resolveSimulatorOptions({
      rows: '5',
      muonRateHz: '1.5',
      restartAfterRows: '5,7',
      hot: '2:17:50,0:0:3',
      dead: '1:2',
    }),
    resolveSimulatorOptions({
      rows: 5,
      muonRateHz: 1.5,
      restartAfterRows: [5, 7],
      hot: [
        { chamber: 2, channel: 17, factor: 50 },
        { chamber: 0, channel: 0, factor: 3 },
      ],
      dead: [{ chamber: 1, channel: 2 }],
    }),
  );
});

test('every option says what it does', () => {
  for (const [name, option] of Object.entries(simulatorOptionsSchema.shape)) {
    assert.ok((option.description ?? '').length > 10, name);
  }
});

const refused: [options: Record<string, unknown>, message: RegExp][] = [
  [{ rows: 'many' }, /rows: .*got "many"/],
  [{ rows: '' }, /rows: /],
  [{ rows: -1 }, /rows: .*>=0, got -1/],
  [{ seed: 1.5 }, /seed: /],
  [{ cellEfficiency: 2 }, /cellEfficiency: .*<=1, got 2/],
  [{ hot: '2:17' }, /hot\.0.*got "2:17"/],
  [{ dead: '1:64' }, /dead\.0\.channel: .*<=63/],
  [{ dead: '1:2:3:4' }, /dead\.0: /],
  [{ dead: '4:1' }, /one of 4 chambers, got 4/],
  [{ format: 'xml' }, /"csv"\|"words"/],
  [{ speed: 1 }, /"speed"/],
  [{ muonRateHz: 0, noiseRateHz: 0 }, /must not both be 0/],
  [{ ancillaryShare: 0.9, malformedShare: 0.1 }, /leave room for hits/],
];
for (const [options, message] of refused) {
  test(`options ${JSON.stringify(options)} are refused with the rule and the value`, () => {
    assert.throws(
      () => resolveSimulatorOptions(options),
      (error) => error instanceof DtstreamError && error.code === 'usage' && message.test(error.message),
    );
  });
}
