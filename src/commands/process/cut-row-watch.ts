import type { CutRow } from '../../pipeline/consume/rejected-records.js';
import { countOf } from '../console/plural.js';
import type { Console } from '../console/console.js';

/** Logs rejected rows that are too long to be kept whole: the place of the first one at once, their number at the end. */
export class CutRowWatch {
  readonly #console: Console;
  readonly #topic: string;
  readonly #rejectedTopic: string;
  #count = 0;

  constructor(console: Console, topic: string, rejectedTopic: string) {
    this.#console = console;
    this.#topic = topic;
    this.#rejectedTopic = rejectedTopic;
  }

  add({ partition, offset, line, bytes, keptBytes }: CutRow): void {
    if (this.#count++ > 0) return;
    const place = `partition ${partition}, offset ${offset}, line ${line} of ${this.#topic}`;
    const kept = `${keptBytes} of its ${bytes} bytes are kept in ${this.#rejectedTopic}`;
    this.#console.logLine(`a rejected row is too long to be kept whole: ${place}; the first ${kept}`, 'warn');
  }

  end(): void {
    if (this.#count > 1)
      this.#console.logLine(
        `${countOf(this.#count, 'rejected row', 'rejected rows')} were too long to be kept whole`,
        'warn',
      );
  }
}
