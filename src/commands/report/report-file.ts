import type { Console } from '../console/console.js';
import { DraftFile } from '../flags/draft-file.js';
import type { Output } from '../flags/output-file.js';
import { stampOf } from './screen-report.js';
import type { InputFile } from '../../sources/input-file.js';

export interface ReportFileOptions {
  readonly flag: '--out' | '--report';
  /** Absent = a name by the time of the first message. */
  readonly path: string | undefined;
  readonly force: boolean;
  readonly inputs: readonly InputFile[];
  /** Another file that is written. */
  readonly other?: string | undefined;
}

/** The file of a report; one that is there is not overwritten by accident. */
export class ReportFile {
  readonly #options: ReportFileOptions;
  #draft: DraftFile | undefined;

  private constructor(options: ReportFileOptions, draft: DraftFile | undefined) {
    this.#options = options;
    this.#draft = draft;
  }

  /** Checks the file, if it has a name already. @throws DtstreamError as `DraftFile.open` */
  static async open(options: ReportFileOptions): Promise<ReportFile> {
    const { path } = options;
    return new ReportFile(options, path === undefined ? undefined : await DraftFile.open(outputOf(path, options)));
  }

  /**
   * Writes the page, and says its name.
   *
   * @param fromMs when the first message was opened
   * @throws DtstreamError as `DraftFile`
   */
  async write(console: Console, page: string, { fromMs, quiet }: { fromMs: number; quiet: boolean }): Promise<void> {
    const path = this.#options.path ?? `shift-${stampOf(fromMs)}.html`;
    this.#draft ??= await DraftFile.open(outputOf(path, this.#options));
    await this.#draft.write(Buffer.from(page));
    await this.#draft.complete();
    if (!quiet) console.logLine(`wrote ${path}`);
  }

  /** Removes what is not complete; idempotent. */
  async discard(): Promise<void> {
    await this.#draft?.discard();
  }
}

function outputOf(path: string, { flag, force, inputs, other }: ReportFileOptions): Output {
  return { flag, path, force, inputs, content: undefined, isOwn: () => false, ...(other !== undefined && { other }) };
}
