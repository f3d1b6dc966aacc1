import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { isPlainReading, type TextReading } from '../../domain/text-reading.js';
import { DtstreamError } from '../../errors.js';
import type { PlacedSource, ProduceInput, RowPlace, SourcePlace } from '../../pipeline/produce/row-source.js';
import { followFile } from '../../sources/files/follow-file.js';
import type { HitSource } from '../../sources/hit-source.js';
import type { WarnInput } from '../../sources/input-error.js';
import type { InputFormat } from '../../sources/input-format.js';
import { openSourceAt } from '../../sources/open-source-at.js';
import { openSource, prefetch } from '../../sources/open-source.js';
import { isS3Input } from '../../sources/s3/s3-location.js';
import type { ResolvedSimulatorOptions } from '../../sources/simulator/options.js';
import { openSimulator } from '../../sources/simulator/simulator.js';
import type { InputFile } from '../../sources/input-file.js';

export interface InputOptions {
  readonly format: InputFormat;
  /** How the numbers of text are to be taken. */
  readonly reading: TextReading;
  readonly warn: WarnInput;
}

/**
 * Files and objects, one after the other.
 *
 * @param inputs as they were given: the same ones again may stand for more files, which then come last
 */
export function filesInput(
  inputs: readonly string[],
  files: readonly InputFile[],
  options: InputOptions,
): ProduceInput {
  const isRepeatable = canRepeat(files);
  return {
    identity: isRepeatable ? identityOf(inputs) : undefined,
    isLive: !isRepeatable,
    async *open(from, signal) {
      const places = placesOf(files);
      const first = from === undefined ? 0 : findPlace(places, from);
      for (const [index, file] of files.entries()) {
        if (index < first || signal.aborted) continue;
        const inside = index === first ? placeInside(from, options) : undefined;
        const source = await openFile(file, inside, { ...options, signal });
        prefetch(files[index + 1], { ...options, signal });
        yield placed(source, places[index], inside);
      }
    },
  };
}

/** One file still being written, and those that take its path. */
export function followInput(file: InputFile, options: InputOptions): ProduceInput {
  const [place] = placesOf([file]);
  return {
    identity: identityOf([file.name]),
    isLive: true,
    async *open(from, signal) {
      if (from !== undefined) findPlace([place], from);
      let inside = placeInside(from, options);
      const start = inside === undefined ? {} : { from: { format: inside.format, offset: inside.offset } };
      for await (const source of followFile(file, { ...options, signal, ...start })) {
        yield placed(source, place, inside);
        inside = undefined;
      }
    },
  };
}

/** Simulated rows, endless. */
export function simulatorInput(options: ResolvedSimulatorOptions): ProduceInput {
  return {
    identity: simulatorIdentity(options),
    isLive: false,
    async *open() {
      yield await Promise.resolve(
        placed(openSimulator(options), { index: 0, id: 'the simulator', before: '' }, undefined),
      );
    },
  };
}

/** A detector seed that is the seed is left out, as before it was an option: such rows are the same, and are continued. */
function simulatorIdentity({ detectorSeed, ...options }: ResolvedSimulatorOptions): string {
  return `simulator ${JSON.stringify(detectorSeed === options.seed ? options : { ...options, detectorSeed })}`;
}

/** Whether all files can be read a second time. */
export function canRepeat(files: readonly InputFile[]): boolean {
  return files.every((file) => file.kind !== 'stdin' && file.bytesTotal !== undefined);
}

function identityOf(inputs: readonly string[]): string {
  return `files ${JSON.stringify(inputs.map(lastingName))}`;
}

/** The name of an input wherever the program is started. */
function lastingName(input: string): string {
  return isS3Input(input) ? input : resolve(input);
}

/** A row at which its source can be opened. */
type PlaceInside = RowPlace & { readonly offset: number };

/** Where to open a source in the middle; undefined = at its start, and the rows written before are counted. */
function placeInside(from: RowPlace | undefined, { reading }: InputOptions): PlaceInside | undefined {
  // Only rows that are written as they stand in the file have an offset there.
  if (from?.offset === undefined || !isPlainReading(reading)) return undefined;
  return { ...from, offset: from.offset };
}

function openFile(
  file: InputFile,
  from: PlaceInside | undefined,
  options: InputOptions & { readonly signal: AbortSignal },
): Promise<HitSource> {
  if (from === undefined) return openSource(file, { ...options, columns: 'canonical' });
  return openSourceAt(file, { format: from.format, offset: from.offset }, options);
}

function placed(source: HitSource, place: SourcePlace, from: PlaceInside | undefined): PlacedSource {
  return {
    source,
    place,
    rowsBefore: from === undefined ? 0 : from.rows - 1,
    get offset() {
      return source.offset;
    },
  };
}

function placesOf(files: readonly InputFile[]): readonly SourcePlace[] {
  let before = '';
  return files.map((file, index) => {
    const place = { index, id: lastingName(file.name), before };
    before = createHash('sha256').update(`${before}${place.id}`).digest('hex').slice(0, 16);
    return place;
  });
}

/** Where the row's source stands; those before it must be the same as they were. */
function findPlace(places: readonly SourcePlace[], { index, id, before }: SourcePlace): number {
  const found = places[index];
  if (found?.id === id && found.before === before) return index;
  throw new DtstreamError(
    'input',
    `cannot resume after ${id}: it must be file ${index + 1} of the input, after the same files as before, got ${found?.id ?? 'fewer files'}`,
  );
}
