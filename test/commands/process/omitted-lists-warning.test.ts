import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OmittedListsWatch } from '../../../src/commands/process/omitted-lists-warning.js';

describe('messages without their lists', () => {
  const saidOf = (detail: 'auto' | 'full', ...orbitDetails: ('full' | 'omitted')[]): string[] => {
    const said: string[] = [];
    const watch = new OmittedListsWatch({ logLine: (text, level) => said.push(`${level}: ${text}`) }, detail);
    orbitDetails.forEach((orbit_detail, msg_ID) => watch.add({ msg_ID, hit_count: 1_850_000, orbit_detail }));
    return said;
  };

  it('are reported once, with what helps', () => {
    assert.deepEqual(saidOf('auto', 'full'), []);
    const [line, ...more] = saidOf('auto', 'full', 'omitted', 'omitted');
    assert.match(line, /^warn: active_tdc_chamber is empty in message 1 \(1,850,000 hits\): .* --orbit-detail full/);
    assert.deepEqual(more, []);
    assert.match(saidOf('full', 'omitted').join(), /one slot \(64 orbits\)/);
  });
});
