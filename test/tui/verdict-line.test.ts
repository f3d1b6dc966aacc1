import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { verdictLine } from '../../src/tui/text/verdict-line.js';
import type { QualityPicture } from '../../src/views/detector/verdicts.js';
import { fastDriftPicture, samplePicture } from '../views/sample-detector.js';

describe('the verdict in a line', () => {
  const calm: QualityPicture = { ...samplePicture, alarms: [] };

  it('is ok, what is wrong, or a question mark where nothing is judged', () => {
    const pictures: (QualityPicture | undefined)[] = [
      ...[undefined, { ...calm, states: [] }, { ...calm, states: [], unjudged: 'the messages have no physics' }],
      ...[calm, samplePicture, { ...samplePicture, alarms: samplePicture.alarms.slice(2) }],
    ];
    assert.deepEqual(
      pictures.map((picture) => verdictLine(picture, 78)),
      [
        ...['verdict  ? too few data', 'verdict  ? too few data', 'verdict  ? the messages have no physics'],
        ...['verdict  ok', 'verdict  2:17 dead, 0:5 hot; known 1:44', 'verdict  ok; known 1:44'],
      ],
    );
  });

  it('counts the alarms that find no room', () => {
    assert.deepEqual(
      [78, 60, 44, 30, 10].map((width) => verdictLine(fastDriftPicture, width)),
      [
        'verdict  layer 3/0 inefficient, layer 3/1 inefficient +5; known 1:44',
        'verdict  layer 3/0 inefficient +6; known 1:44',
        'verdict  layer 3/0 inefficient +6; 1 known',
        'verdict  7 alarms; known 1:44',
        'verdict  7 alarms; 1 known',
      ],
    );
  });
});
