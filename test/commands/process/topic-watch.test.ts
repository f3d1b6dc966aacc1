import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TopicWatch } from '../../../src/commands/process/topic-watch.js';
import type { TopicState } from '../../../src/transport/transport.js';
import { testConsole } from '../../helpers/program/test-process.js';

function topic(undecided: number, end = 10): TopicState {
  return { topic: 'raw', bytes: 0, partitions: [{ partition: 3, first: 0, end, ...(undecided > 0 && { undecided }) }] };
}

describe('TopicWatch', () => {
  it('says once of a transaction that it stays open', async (context) => {
    const { console, process } = testConsole();
    const states = [topic(5, 9), topic(5), topic(7), topic(8), topic(0), topic(2)];
    await new Promise<void>((resolve) => {
      const look = (): Promise<TopicState | undefined> => {
        const next = states.shift();
        if (next === undefined) resolve();
        return Promise.resolve(next);
      };
      const watch = new TopicWatch(console, look, 1);
      const keepAlive = setInterval(() => undefined, 1000);
      context.after(async () => {
        clearInterval(keepAlive);
        await watch.end(false);
      });
    });
    assert.deepEqual(process.saidLines(), ['7 messages of raw/3 wait for an open transaction: read when it ends']);
  });

  it('says at the end what is left behind', async () => {
    const { console, process } = testConsole();
    await new TopicWatch(console, () => Promise.resolve(topic(1))).end(true);
    assert.deepEqual(process.saidLines(), ['1 message of raw/3 waits for an open transaction: left unread']);
  });
});
