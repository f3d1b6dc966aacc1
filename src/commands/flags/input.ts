import { type Command, Option } from 'commander';
import { plainReading, type TextReading } from '../../domain/text-reading.js';
import { DtstreamError } from '../../errors.js';
import { type InputFormat, inputFormats } from '../../sources/input-format.js';
import { signedNumber, wholeNumber } from './quantity.js';
import { addS3Flags, type S3Flags } from './s3.js';

/** Flags that say how inputs are to be read, the same for every command that reads some. */
export interface InputFlags extends S3Flags {
  readonly inputFormat: InputFormat;
  readonly head: number;
  readonly channelOffset: number;
  readonly tdcOffset: number;
  readonly signedOrbits: boolean;
}

const headMax = 1000;
const channelOffsetMax = 511;
const tdcOffsetMax = 31;
const names: readonly string[] = ['inputFormat', 'head', 'channelOffset', 'tdcOffset', 'signedOrbits'];

export function addInputFlags(command: Command): Command {
  const { head, channelOffset, tdcOffset, signedOrbits } = plainReading;
  command
    .addOption(
      new Option('--input-format <format>', 'format of the inputs; auto: by the first bytes, else by the name')
        .choices(inputFormats)
        .default('auto'),
    )
    .option('--head <n>', 'HEAD of a hit in text', wholeNumber(0, headMax), head)
    .option(
      '--channel-offset <±n>',
      'number added to TDC_CHANNEL in text',
      signedNumber(channelOffsetMax),
      channelOffset,
    )
    .option('--tdc-offset <±n>', 'number added to TDC_MEAS in text', signedNumber(tdcOffsetMax), tdcOffset)
    .option(
      '--signed-orbits',
      'accept negative ORBIT_CNT in text: counters printed as signed 32-bit numbers',
      signedOrbits,
    );
  return addS3Flags(command);
}

/** For text of which no row is a hit because of its HEAD. */
export const headAdvice =
  'if its hits have another HEAD, set --head (and --channel-offset, --tdc-offset if they differ too)';

/** How the numbers of text are to be taken. */
export function readingOf({ head, channelOffset, tdcOffset, signedOrbits }: InputFlags): TextReading {
  return { head, channelOffset, tdcOffset, signedOrbits };
}

/** @throws DtstreamError `usage` when one of the flags was given, and there is no input that it could be about */
export function refuseInputFlags(command: Command): void {
  const given = command.options.find((option) => {
    const name = option.attributeName();
    return names.includes(name) && command.getOptionValueSource(name) === 'cli';
  });
  if (given !== undefined) {
    throw new DtstreamError(
      'usage',
      `${given.long ?? given.flags} needs an input: it does not apply to simulated rows`,
    );
  }
}
