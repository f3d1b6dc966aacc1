import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { redirectSaid } from '../../../src/commands/console/stdio.js';
import { TopicWatch } from '../../../src/commands/process/topic-watch.js';
import type { TopicState } from '../../../src/transport/transport.js';

/** What is said until the test ends. */
function heard(context: TestContext): string[] {
  const said: string[] = [];
  redirectSaid((text) => said.push(text));
  context.after(() => redirectSaid(undefined));
  return said;
}

function topic(undecided: number, end = 10): TopicState {
  return { topic: 'raw', bytes: 0, partitions: [{ partition: 3, first: 0, end, ...(undecided > 0 && { undecided }) }] };
}

describe('TopicWatch', () => {
  it('says once of a transaction that it stays open', async (context) => {
    const said = heard(context);
    const states = [topic(5, 9), topic(5), topic(7), topic(8), topic(0), topic(2)];
    await new Promise<void>((resolve) => {
      const look = (): Promise<TopicState | undefined> => {
        const next = states.shift();
        if (next === undefined) resolve();
        return Promise.resolve(next);
      };
      const watch = new TopicWatch(look, 1);
      const keepAlive = setInterval(() => undefined, 1000);
      context.after(async () => {
        clearInterval(keepAlive);
        await watch.end(false);
      });
    });
    assert.deepEqual(said, ['7 messages of raw/3 wait for an open transaction: read when it ends']);
  });

  it('says at the end what is left behind', async (context) => {
    const said = heard(context);
    await new TopicWatch(() => Promise.resolve(topic(1))).end(true);
    assert.deepEqual(said, ['1 message of raw/3 waits for an open transaction: left unread']);
  });
});
