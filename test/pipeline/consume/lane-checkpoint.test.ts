import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeCheckpoint } from '../../../src/pipeline/consume/lane-checkpoint.js';

describe('a commit that cannot be read', () => {
  const decode = (metadata: string) => decodeCheckpoint(new Map([[3, { offset: 7, metadata }]]));

  it('is told as one of a newer dtstream', () => {
    const message =
      'cannot continue from the commit of partition 3: its metadata must be of version 1, got {"v":2,"r":9} ' +
      '(made by a newer dtstream)';
    assert.throws(() => decode('{"v":2,"r":9}'), { code: 'transport', message });
  });

  it('is told as one of another program, also where it says nothing', () => {
    for (const [metadata, got] of [
      ['', 'none'],
      ['checked by hand', 'checked by hand'],
    ] as const) {
      const rule =
        /it is not of dtstream \(an admin tool or another program has set it\).* got (.*); --reset starts over$/;
      assert.throws(
        () => decode(metadata),
        ({ message }: Error) => rule.exec(message)?.[1] === got,
      );
    }
  });
});
