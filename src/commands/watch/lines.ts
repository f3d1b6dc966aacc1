import { readMessage } from '../../results/incoming-message.js';
import { renderPlainLine } from '../../tui/text/plain-line.js';
import { logLine, writeForeignJson, writeLines } from '../console/stdio.js';
import type { MessageSink } from './follow.js';

/** `--json`: every message unchanged, one per line, on stdout; `--plain`: one short line per message. */
export function lineSink(
  how: 'json' | 'plain',
  about: { readonly source: string; readonly quiet: boolean },
): MessageSink {
  const { source, quiet } = about;
  let isWaiting = false;
  let lostBefore = 0;
  return {
    async take(value) {
      if (how === 'json') {
        await writeForeignJson(value);
        return;
      }
      const result = readMessage(value);
      if ('message' in result) await writeLines([renderPlainLine(result.message)]);
      else logLine(`unreadable message: ${result.unreadable}`, 'warn');
    },
    progress({ lostRecords }) {
      isWaiting = false;
      if (lostRecords > lostBefore) logLine(`${lostText(lostRecords - lostBefore)}; continuing`, 'warn');
      lostBefore = lostRecords;
    },
    waiting() {
      if (!isWaiting && !quiet) logLine(`waiting for ${source}`);
      isWaiting = true;
    },
    beginAnew(why) {
      logLine(`${why}; starting over with the new messages`, 'warn');
      lostBefore = 0;
    },
  };
}

function lostText(count: number): string {
  return `${count} message${count === 1 ? '' : 's'} deleted by retention before ${count === 1 ? 'it was' : 'they were'} read`;
}
