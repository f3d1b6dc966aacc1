import { type IncomingMessage, readMessage } from '../../results/incoming-message.js';
import { type About, olderLines, plainHead } from '../../tui/text/head-lines.js';
import { producerName, producersMax } from '../../results/producers.js';
import { renderPlainLine } from '../../tui/text/plain-line.js';
import type { Console } from '../console/console.js';
import type { MessageSink } from './follow.js';

export interface LineOptions {
  readonly about: About;
  readonly quiet: boolean;
  /** Whether all messages of the topic are read: those before the first one of a producer are then gone. */
  readonly isFromStart: boolean;
}

/** `--json`: every message unchanged, one per line, on stdout; `--plain`: one short line per message. */
export function lineSink(
  console: Console,
  how: 'json' | 'plain',
  { about, quiet, isFromStart }: LineOptions,
): MessageSink {
  let isHeadPrinted = false;
  const producers = new Set<string>();
  const older = (message: IncomingMessage): string[] => {
    const producer = producerName(message.producer ?? '');
    if (!isFromStart || producers.has(producer) || producers.size >= producersMax) return [];
    producers.add(producer);
    return olderLines(message);
  };
  let isWaiting = false;
  let lostBefore = 0;
  return {
    async take(value, _, read) {
      if (how === 'json') {
        await console.writeForeignJson(value);
        return;
      }
      const result = read ?? readMessage(value);
      if ('message' in result) {
        const { message } = result;
        const head = isHeadPrinted ? [] : plainHead(message, about);
        isHeadPrinted = true;
        await console.writeLines([...head, ...older(message), renderPlainLine(message)]);
      } else console.logLine(`unreadable message: ${result.unreadable}`, 'warn');
    },
    progress({ lostRecords }) {
      isWaiting = false;
      if (lostRecords > lostBefore) console.logLine(`${lostText(lostRecords - lostBefore)}; continuing`, 'warn');
      lostBefore = lostRecords;
    },
    waiting() {
      if (!isWaiting && !quiet) console.logLine(`waiting for ${about.source}`);
      isWaiting = true;
    },
    beginAnew(why) {
      console.logLine(`${why}; starting over with the new messages`, 'warn');
      lostBefore = 0;
      producers.clear();
    },
  };
}

function lostText(count: number): string {
  return `${count} message${count === 1 ? '' : 's'} deleted by retention before ${count === 1 ? 'it was' : 'they were'} read`;
}
