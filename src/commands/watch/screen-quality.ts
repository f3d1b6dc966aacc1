import type { QualityReference } from '../../quality/quality-reference.js';
import type { ScreenAction } from '../../tui/pages/screen-action.js';
import type { Mark } from '../../views/detector/detector-view.js';
import type { QualityPicture } from '../../views/detector/verdicts.js';
import type { MessageSink } from './follow.js';
import { RunMarks } from './run-marks.js';

/** Actions that a logbook takes. */
export type LogbookAction = Extract<ScreenAction, { readonly kind: 'acknowledge' | 'known' | 'mark' }>;

/** What judges the messages of a screen, and where its marks and words are kept. */
export interface ScreenQuality {
  /** Passes messages on. */
  sink(sink: MessageSink): MessageSink;
  /** Undefined while nothing is judged. */
  picture(): QualityPicture | undefined;
  /** Those of the logbook and new runs, oldest first. */
  marks(): readonly Mark[];
  readonly reference: QualityReference | undefined;
  /** Does what a key asks for, and says what came of it. */
  act(action: LogbookAction): Promise<string>;
  /** No more messages come. */
  end(): Promise<void>;
  close(): void;
}

/** Without tests and without a logbook: marks live as long as the screen. */
export class MarksOnly implements ScreenQuality {
  readonly reference = undefined;
  readonly #runs = new RunMarks();
  readonly #own: Omit<Mark, 'number'>[] = [];

  sink(sink: MessageSink): MessageSink {
    return {
      ...sink,
      take: (value, arrival, read) => {
        if (read !== undefined && 'message' in read) this.#runs.note(read.message);
        return sink.take(value, arrival, read);
      },
      beginAnew: (why) => {
        this.#runs.clear();
        return sink.beginAnew(why);
      },
    };
  }

  picture(): undefined {
    return undefined;
  }

  marks(): readonly Mark[] {
    const runs = this.#runs.list.map((run) => ({ ...run, by: undefined }));
    const all = [...runs, ...this.#own].sort((one, other) => one.atMs - other.atMs);
    return all.map((mark, index) => ({ ...mark, number: index + 1 }));
  }

  act(action: LogbookAction): Promise<string> {
    if (action.kind !== 'mark') return Promise.resolve('there is no logbook: the alarm stays as it is');
    this.#own.push({ atMs: action.atMs, text: action.text, by: undefined });
    return Promise.resolve(`marked, until the screen is closed: ${action.text}`);
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    // Nothing is held.
  }
}
