import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { WatchedTopic } from '../../../src/commands/watch/watched-topic.js';
import type { LogReader, TopicState, Transport } from '../../../src/transport/transport.js';

const read = new Map([
  [0, 5],
  [1, 3],
]);

function stateOf(id: string | undefined, ...ends: readonly number[]): TopicState {
  const partitions = ends.map((end, partition) => ({ partition, first: 0, end }));
  return { topic: 'data_clean', ...(id !== undefined && { id }), partitions, bytes: 0 };
}

/** A topic that was opened in the first state and is looked at in the second. */
async function check(before: TopicState, after: TopicState | undefined): Promise<void> {
  let now: TopicState | undefined = before;
  const log: Partial<Transport> = {
    name: 'a log',
    topics: () => Promise.resolve(now === undefined ? [] : [now]),
    openReader: () => Promise.resolve({} as LogReader),
  };
  const topic = new WatchedTopic(log as Transport, 'data_clean');
  await topic.openReader('earliest');
  now = after;
  await topic.check(read);
  await topic.openReader(read);
}

describe('a topic that is watched', () => {
  it('is the same while it grows, with an id or without', async () => {
    for (const id of ['a', undefined]) await check(stateOf(id, 5, 3), stateOf(id, 6, 3));
  });

  it('may get an id, or more partitions', async () => {
    await check(stateOf(undefined, 5, 3), stateOf('a', 5, 3));
    await check(stateOf('a', 5, 3), stateOf('a', 5, 3, 9));
  });

  for (const [what, after, why] of [
    ['it is not there', undefined, 'was deleted'],
    ['it has another id, however long it is', stateOf('b', 100, 100), 'was deleted and recreated'],
    ['it ends before what was read', stateOf('a', 9, 2), 'was deleted and recreated'],
    ['it has fewer partitions', stateOf('a', 9), 'was deleted and recreated'],
  ] as const) {
    it(`is gone when ${what}`, async () => {
      const message = `cannot continue reading topic data_clean of a log: it ${why}`;
      await assert.rejects(check(stateOf('a', 5, 3), after), { code: 'gone', message });
    });
  }
});
