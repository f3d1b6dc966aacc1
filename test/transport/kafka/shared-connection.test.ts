import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SharedConnection } from '../../../src/transport/kafka/shared-connection.js';

const broken = new Error('broken');
const refused = new Error('refused');
const isBroken = (error: unknown): boolean => error === broken;

/** A shared connection, and what became of the real ones, by number. */
function connections(): { shared: SharedConnection<{ id: number; disconnect(): Promise<void> }>; closed: number[] } {
  const closed: number[] = [];
  let made = 0;
  const shared = new SharedConnection(() => {
    const id = made++;
    return Promise.resolve({ id, disconnect: () => Promise.resolve(void closed.push(id)) });
  });
  return { shared, closed };
}

describe('SharedConnection', () => {
  it('is made once for all who ask at once, and again after it broke', async () => {
    const { shared, closed } = connections();
    const ids = await Promise.all([1, 2].map(() => shared.use(({ id }) => Promise.resolve(id), isBroken)));
    assert.deepEqual(ids, [0, 0]);
    await assert.rejects(
      shared.use(() => Promise.reject(broken), isBroken),
      broken,
    );
    assert.deepEqual(closed, [0]);
    assert.equal(await shared.use(({ id }) => Promise.resolve(id), isBroken), 1);
  });

  it('tells each of several the failure that it met, and keeps the connection made after the first', async () => {
    const { shared } = connections();
    let fail: (error: Error) => void = () => undefined;
    const late = shared.use(() => new Promise<never>((_, reject) => (fail = reject)), isBroken);
    const both = [1, 2].map(() => shared.use(() => Promise.reject(broken), isBroken));
    assert.deepEqual(
      (await Promise.allSettled(both)).map((result) => result.status === 'rejected' && result.reason === broken),
      [true, true],
    );
    assert.equal(await shared.use(({ id }) => Promise.resolve(id), isBroken), 1);
    fail(broken);
    await assert.rejects(late, broken);
    assert.equal(await shared.use(({ id }) => Promise.resolve(id), isBroken), 1);
  });

  it('stays when what was asked is refused', async () => {
    const { shared, closed } = connections();
    await assert.rejects(
      shared.use(() => Promise.reject(refused), isBroken),
      refused,
    );
    assert.equal(await shared.use(({ id }) => Promise.resolve(id), isBroken), 0);
    await shared.close();
    await shared.close();
    assert.deepEqual(closed, [0]);
  });
});
