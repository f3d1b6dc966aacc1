import { rm } from 'node:fs/promises';
import type { WriteBytes } from '../../pipeline/convert/row-target.js';
import { type ConvertTally, convertRows } from '../../pipeline/convert/convert.js';
import { csvHeader } from '../../domain/hit.js';
import { DtstreamError } from '../../errors.js';
import { expandInputs } from '../../sources/expand-inputs.js';
import type { InputFile } from '../../sources/input-file.js';
import type { WarnInput } from '../../sources/input-error.js';
import { openAll } from '../../sources/open-source.js';
import { inputShare } from '../console/input-share.js';
import { countOf } from '../console/plural.js';
import { Progress } from '../console/progress.js';
import type { Console } from '../console/console.js';
import { checkFile, DraftFile } from '../flags/draft-file.js';
import { readingOf } from '../flags/input.js';
import { type Output, refuseOwnOutputs } from '../flags/output-file.js';
import { s3OptionsOf } from '../flags/s3.js';
import type { ConvertFlags } from './flags.js';
import { openTarget } from './open-target.js';
import { outputFormOf } from './output-format.js';

/** `dtstream convert`: the rows of inputs in one file, and in a second one those that it does not hold. */
export async function runConvert(console: Console, inputs: readonly string[], flags: ConvertFlags): Promise<void> {
  const signal = console.stopSignal();
  const form = outputFormOf(flags.out, flags.to);
  const warn: WarnInput = ({ message }) => console.logLine(message, 'warn');
  const files = await expandInputs(inputs, { warn, signal, s3: s3OptionsOf(flags, console.env) });
  await refuseOwnOutputs(files);
  const { out, rest } = outputsOf(flags, files);
  await checkFile(rest);
  const drafts = { out: await DraftFile.open(out), rest: new RestFile(rest) };
  const progress = new Progress(console, flags.quiet);
  const share = inputShare(files);
  try {
    const sources = openAll(files, {
      format: flags.inputFormat,
      reading: readingOf(flags),
      columns: 'canonical',
      warn,
      signal,
    });
    const target = await openTarget(form, (bytes) => drafts.out.write(bytes));
    const tally = await convertRows(sources, target, {
      writeRest: drafts.rest.write,
      signal,
      onProgress: (rows, source, bytesDone) => progress.show({ rows, share: share(source, bytesDone) }),
    });
    progress.end();
    if (signal.aborted) throw new DtstreamError('input', `interrupted: ${flags.out} was not written`);
    await drafts.rest.complete();
    await drafts.out.complete();
    report(console, tally, { target: target.name, rest: rest.path, flags });
  } finally {
    progress.end();
    await drafts.out.discard();
    await drafts.rest.discard();
  }
}

/** The two files that may be written. */
function outputsOf({ out: path, force }: ConvertFlags, inputs: readonly InputFile[]): { out: Output; rest: Output } {
  const common = { force, content: undefined, isOwn: () => false, inputs };
  return {
    out: { ...common, flag: '--out', path },
    rest: { ...common, flag: 'the rest of --out', path: `${path}.rest.csv` },
  };
}

/** The file of the rows that are left over: it exists only if there are some, also if one of an earlier run did. */
class RestFile {
  readonly #output: Output;
  #file: DraftFile | undefined;

  constructor(output: Output) {
    this.#output = output;
  }

  readonly write: WriteBytes = async (bytes) => {
    if (this.#file === undefined) {
      this.#file = await DraftFile.open(this.#output);
      await this.#file.write(Buffer.from(`${csvHeader}\n`));
    }
    await this.#file.write(bytes);
  };

  async complete(): Promise<void> {
    if (this.#file !== undefined) await this.#file.complete();
    else if (this.#output.force) await rm(this.#output.path, { force: true });
  }

  async discard(): Promise<void> {
    await this.#file?.discard();
  }
}

function report(
  console: Console,
  { rows, restRows, firstRest }: ConvertTally,
  { target, rest, flags }: { readonly target: string; readonly rest: string; readonly flags: ConvertFlags },
): void {
  if (rows === 0) console.logLine('the inputs have no rows', 'warn');
  if (firstRest !== undefined) {
    const { source, row, why } = firstRest;
    const text = `${countOf(restRows, 'row is', 'rows are')} not in ${target} but in ${rest}`;
    console.logLine(`${text}; the first is row ${row} of ${source}: ${why}`, 'warn');
  }
  if (flags.quiet) return;
  const parts = [`${countOf(rows - restRows, 'row')} in ${flags.out}`];
  if (restRows > 0) parts.push(`${restRows.toLocaleString('en-US')} in ${rest}`);
  console.logLine(`read ${countOf(rows, 'row')}: ${parts.join(', ')}`);
}
