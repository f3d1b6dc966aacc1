import { isPlainReading, type TextReading } from '../../domain/text-reading.js';
import { DtstreamError } from '../../errors.js';
import type { PlacedSource, ProduceInput, RowPlace, SourcePlace } from '../../pipeline/produce/row-source.js';
import { contentName } from '../../sources/content-name.js';
import { followFile } from '../../sources/files/follow-file.js';
import { LaterFiles, type LaterFilesOptions, leaveAfterMs } from '../../sources/files/later-files.js';
import type { HitSource } from '../../sources/hit-source.js';
import type { WarnInput } from '../../sources/input-error.js';
import type { InputFormat } from '../../sources/input-format.js';
import { openSourceAt } from '../../sources/open-source-at.js';
import { openSource, prefetch } from '../../sources/open-source.js';
import type { ResolvedSimulatorOptions } from '../../sources/simulator/options.js';
import { type Fault, textOf } from '../../sources/faults/fault.js';
import { openSimulator } from '../../sources/simulator/simulator.js';
import { TruthLines } from '../../sources/simulator/truth.js';
import type { InputFile } from '../../sources/input-file.js';
import { identityOf, placeAfter, placesOf, spelledIdentityOf, spelledPlacesOf } from './places.js';

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
    identitiesBefore: [spelledIdentityOf(inputs)],
    isLive: !isRepeatable,
    async *open(from, signal) {
      const places = placesFor(files, from);
      const first = from === undefined ? 0 : findPlace(places, from);
      for (const [index, file] of files.entries()) {
        if (index < first || signal.aborted) continue;
        const inside = index === first ? placeInside(from, options) : undefined;
        const source = await openFile(file, inside, { ...options, signal });
        prefetch(files[index + 1], { ...options, signal });
        yield placed(source, { place: places[index], file }, inside);
      }
    },
  };
}

export interface FollowInputOptions extends InputOptions, LaterFilesOptions {
  /** Called when the rows of a source are done with and the next one has rows. */
  readonly onNext: (ended: SourcePlace, rows: number, next: SourcePlace) => void;
}

/**
 * Files one after the other, of which the last one is still being written; files that appear later come after it. Where
 * files take the path of another one (rotation), each is read to its end.
 *
 * @param inputs as they were given: the identity is that of the same inputs without following
 */
export function followInput(
  inputs: readonly string[],
  files: readonly InputFile[],
  options: FollowInputOptions,
): ProduceInput {
  const { onNext } = options;
  return {
    identity: identityOf(inputs),
    // Before folders could be followed, the one file in them was the identity.
    identitiesBefore: [inputs, ...(files.length === 1 ? [[files[0].name]] : [])].flatMap((names) => [
      identityOf(names),
      spelledIdentityOf(names),
    ]),
    isLive: true,
    onNext,
    async *open(from, signal) {
      const places = placesFor(files, from);
      const index = from === undefined ? 0 : findFollowed(places, from, options.warn);
      let place: SourcePlace = from ?? places[index];
      let inside = placeInside(from, options);
      const later = new LaterFiles(files, index, options);
      const leaves = (quietMs: number): boolean => quietMs >= leaveAfterMs && later.next !== undefined;
      try {
        for (let file = later.take(); file !== undefined && !signal.aborted; file = later.take()) {
          const start = inside === undefined ? {} : { from: { format: inside.format, offset: inside.offset } };
          let bytes = 0;
          for await (const source of followFile(file, { ...options, signal, leaves, ...start })) {
            yield placed(source, { place, file }, inside);
            inside = undefined;
            bytes = source.bytesDone;
          }
          later.leave(file, bytes);
          if (later.next !== undefined) place = placeAfter(place, later.next);
        }
      } finally {
        later.close();
      }
    },
  };
}

/** What goes wrong with simulated rows. */
export interface InputFaults {
  readonly faults: readonly Fault[];
  /** Called with the lines of the truth when no more rows are made. */
  readonly onEnd: (truth: string) => Promise<void>;
}

const noFaults: InputFaults = { faults: [], onEnd: () => Promise.resolve() };

/** Simulated rows, endless. */
export function simulatorInput(
  options: ResolvedSimulatorOptions,
  { faults, onEnd }: InputFaults = noFaults,
): ProduceInput {
  const faultNames = faults.length === 0 ? '' : ` ${faults.map(textOf).join()}`;
  return {
    identity: `${simulatorIdentity(options)}${faultNames}`,
    isLive: false,
    async *open() {
      const lines = new TruthLines({ hasMuons: false });
      const source = openSimulator(options, lines, faults);
      try {
        yield await Promise.resolve(
          placed(source, { place: { index: 0, id: 'the simulator', before: '' } }, undefined),
        );
      } finally {
        lines.addFaults(source.faultLines());
        await onEnd(lines.take());
      }
    },
  };
}

/** A detector seed that is the seed is left out, as before it was an option: such rows are the same, and are continued. */
function simulatorIdentity({ detectorSeed, layerEfficiency, bursts, ...options }: ResolvedSimulatorOptions): string {
  const later = {
    ...(detectorSeed === options.seed ? {} : { detectorSeed }),
    ...(layerEfficiency.length === 0 ? {} : { layerEfficiency }),
    ...(bursts.length === 0 ? {} : { bursts }),
  };
  return `simulator ${JSON.stringify({ ...options, ...later })}`;
}

/** Whether all files can be read a second time. */
export function canRepeat(files: readonly InputFile[]): boolean {
  return files.every((file) => file.kind !== 'stdin' && file.bytesTotal !== undefined);
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

function placed(
  source: HitSource,
  { place, file }: { readonly place: SourcePlace; readonly file?: InputFile },
  from: PlaceInside | undefined,
): PlacedSource {
  return {
    source,
    place,
    rowsBefore: from === undefined ? 0 : from.rows - 1,
    content: file && (() => contentName(file)),
    get offset() {
      return source.offset;
    },
  };
}

/** Files are named as older versions did where the row's place is one of theirs. */
function placesFor(files: readonly InputFile[], from: RowPlace | undefined): readonly SourcePlace[] {
  const places = placesOf(files);
  if (from === undefined || places.some(({ id }) => id === from.id)) return places;
  const spelled = spelledPlacesOf(files);
  return spelled.some(({ id }) => id === from.id) ? spelled : places;
}

/** The same for files that appear while they are followed: those before it may be others, and are then not read. */
function findFollowed(places: readonly SourcePlace[], from: SourcePlace, warn: WarnInput): number {
  const found = places.findIndex(({ id }) => id === from.id);
  if (found < 0 || places[found].before === from.before) return findPlace(places, from);
  const message = `the files before ${from.id} are not the same as before: those that are new are not read`;
  warn({ source: from.id, message });
  return found;
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
