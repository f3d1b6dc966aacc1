import { readMessage } from '../../results/incoming-message.js';
import { type About, plainHead } from '../../tui/text/head-lines.js';
import { renderPlainLine } from '../../tui/text/plain-line.js';
import type { Console } from '../console/console.js';
import type { MessageSink } from './follow.js';

/** `--json`: every message unchanged, one per line, on stdout; `--plain`: one short line per message. */
export function lineSink(
  console: Console,
  how: 'json' | 'plain',
  { about, quiet }: { readonly about: About; readonly quiet: boolean },
): MessageSink {
  let isHeadPrinted = false;
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
        const head = isHeadPrinted ? [] : plainHead(result.message, about);
        isHeadPrinted = true;
        await console.writeLines([...head, renderPlainLine(result.message)]);
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
    },
  };
}

function lostText(count: number): string {
  return `${count} message${count === 1 ? '' : 's'} deleted by retention before ${count === 1 ? 'it was' : 'they were'} read`;
}
