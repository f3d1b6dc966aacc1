import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aheadS, evaluateRun, type TimedEvent } from '../../../src/commands/drill/evaluate.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import type { QualityEvent, QualityObject, TestName } from '../../../src/quality/events.js';
import { objectText } from '../../../src/quality/object-text.js';

const rest = { since: '', since_orbit: 0, since_s: 0, observed: null, expected: null };

function alarm(atS: number, test: TestName, object: QualityObject, event: 'raised' | 'changed' | 'cleared' = 'raised'): TimedEvent {
  const state = event === 'cleared' ? 'OK' : 'ALARM';
  const id = `${test}@${objectText(object)}@1`;
  return { atS, event: { event, id, test, ...object, state, ...rest, ratio: null, parts: [] } };
} // prettier-ignore

function warning(atS: number, test: 'new_run' | 'repeats', state: 'WARNING' | 'ENDED' = 'WARNING'): TimedEvent {
  const event: QualityEvent = { event: 'warning', test, state, ...rest, text: '' };
  return { atS, event };
}

const dead = { expect: ['channel_low', 'neighbour_low'], also: ['channel_efficiency'], object: '1:37' };
const at = { firstS: 100.5, startS: 100, geometry: defaultGeometry };

describe('a run with a fault', () => {
  it('is found with the first right test on the right object, from the first row that the fault touches', () => {
    const events = [
      alarm(103, 'channel_efficiency', { chamber: 1, channel: 37 }),
      alarm(104, 'channel_low', { chamber: 1, channel: 38 }),
      alarm(106, 'neighbour_low', { chamber: 1, channel: 37 }),
      alarm(108, 'channel_low', { chamber: 1, channel: 37 }),
    ];
    const { latencyS, first, extra } = evaluateRun(events, dead, at);
    assert.equal(latencyS, 5.5);
    assert.deepEqual(first, { name: 'channel_efficiency@1:37', isRightObject: true, isRightKind: true });
    assert.deepEqual(extra, ['channel_low@1:38']);
  });

  it('is not found by what was raised before it, is changed or cleared, or is on another object', () => {
    const events = [
      alarm(50, 'channel_low', { chamber: 1, channel: 37 }),
      alarm(104, 'channel_low', { chamber: 1, channel: 37 }, 'changed'),
      alarm(105, 'channel_low', { chamber: 1, channel: 37 }, 'cleared'),
      alarm(106, 'channel_low', { chamber: 2, channel: 37 }),
    ];
    const { latencyS, first, extra } = evaluateRun(events, dead, at);
    assert.equal(latencyS, undefined);
    assert.deepEqual(first, { name: 'channel_low@2:37', isRightObject: false, isRightKind: true });
    assert.deepEqual(extra, ['channel_low@1:37', 'channel_low@2:37']);
  });

  it('explains its tests inside of what is broken and around it, and nothing beside it', () => {
    const layer = { expect: ['layer_efficiency'], also: ['channel_efficiency', 'chamber_rate_low'], object: '1/2' };
    // Channel 1 is of layer 2, channel 2 of layer 1.
    const events = [
      alarm(101, 'layer_efficiency', { chamber: 1, layer: 2 }),
      alarm(102, 'channel_efficiency', { chamber: 1, channel: 1 }),
      alarm(103, 'channel_efficiency', { chamber: 1, channel: 2 }),
      alarm(104, 'chamber_rate_low', { board: 0 }),
      alarm(105, 'chamber_rate_low', { chamber: 2 }),
      alarm(106, 'box_width', { chamber: 1 }),
    ];
    const { extra } = evaluateRun(events, layer, at);
    assert.deepEqual(extra, ['channel_efficiency@1:2', 'chamber_rate_low@2', 'box_width@1']);
  });

  it('takes any of several objects, boards and the detector', () => {
    const board = { expect: ['chamber_rate_low', 'trigger_rate_low'], also: [], object: 'board1,detector' };
    const ofBoard = evaluateRun([alarm(101, 'chamber_rate_low', { board: 1 })], board, at);
    const ofTrigger = evaluateRun([alarm(102, 'trigger_rate_low', {})], board, at);
    const ofOther = evaluateRun([alarm(102, 'chamber_rate_low', { board: 0 })], board, at);
    assert.deepEqual([ofBoard.latencyS, ofTrigger.latencyS, ofOther.latencyS], [0.5, 1.5, undefined]);
  });

  it('is named by warnings that begin, not by those that end', () => {
    const restart = { expect: ['new_run'], also: [], object: 'detector' };
    const ended = evaluateRun([warning(101, 'new_run', 'ENDED')], restart, at);
    assert.equal(ended.latencyS, undefined);
    const begun = evaluateRun([warning(101, 'new_run'), warning(102, 'repeats'), warning(103, 'repeats')], restart, at);
    assert.deepEqual([begun.latencyS, begun.extra], [0.5, ['repeats@detector']]);
  });

  it('may be named by a message whose last closed orbit is before the row that it is about', () => {
    const corrupt = { expect: ['new_run'], also: [], object: 'detector' };
    assert.equal(evaluateRun([warning(99.9, 'new_run')], corrupt, at).latencyS, 0);
    assert.equal(evaluateRun([warning(98.9, 'new_run')], corrupt, at).latencyS, undefined);
    assert.equal(evaluateRun([warning(85, 'new_run')], corrupt, { ...at, aheadS: aheadS.log }).latencyS, 0);
    assert.equal(evaluateRun([warning(79, 'new_run')], corrupt, { ...at, aheadS: aheadS.log }).latencyS, undefined);
  });

  it('counts what is raised where nothing must be', () => {
    const quiet = { expect: [], also: ['channel_low'], object: '1:37' };
    const { raised, extra } = evaluateRun([alarm(101, 'channel_low', { chamber: 1, channel: 37 })], quiet, at);
    assert.deepEqual([raised, extra], [['channel_low@1:37'], []]);
  });
});
