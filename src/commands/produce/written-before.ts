import { contentMarkKey, decodeContentMark, type ContentMark } from '../../pipeline/produce/content-marks.js';
import { decodeResumeState, type ResumeState } from '../../pipeline/produce/resume-state.js';
import type { ProduceInput } from '../../pipeline/produce/row-source.js';
import { contentName, hasContent } from '../../sources/content-name.js';
import type { InputFile } from '../../sources/input-file.js';
import type { LogWriter, ResumePoint } from '../../transport/transport.js';
import { placesOf, spelledPlacesOf } from './places.js';

/** Files that are looked for in the log, at most: on Kafka each is a request. */
const lookedForMax = 1000;

/** How far an input was written before. */
export interface WrittenBefore {
  /** Name under which it is continued. */
  readonly identity: string;
  readonly state: ResumeState;
}

/** A file of the input that the topic holds. */
export interface HeldFile {
  readonly file: InputFile;
  /** Where it was when it was written. */
  readonly id: string;
  /** Rows of it that were written; undefined = all that it had then. */
  readonly rows: number | undefined;
}

export interface LookOptions {
  readonly input: ProduceInput;
  readonly files: readonly InputFile[];
}

/**
 * Finds how far an input was written: under its name, under those of older versions, and, where its files were moved or
 * renamed, by what is in them.
 *
 * @param isResumed whether the writer is to continue from there, so that no other one may
 * @throws DtstreamError `fenced` when it is, and another running writer writes the input
 */
export async function findWritten(
  writer: LogWriter,
  { input, files }: LookOptions,
  isResumed: boolean,
): Promise<WrittenBefore | undefined> {
  const { identity, identitiesBefore = [] } = input;
  if (identity === undefined) return undefined;
  const look = (name: string): Promise<ResumePoint | undefined> =>
    isResumed ? writer.resumePoint(name) : writer.peekResumePoint(name);
  for (const name of new Set([identity, ...identitiesBefore])) {
    const point = await look(name);
    if (point === undefined) continue;
    const state = decodeResumeState(point.state);
    return { identity, state: (await movedState(writer, name, state, files)) ?? state };
  }
  const mark = files.length === 0 ? undefined : await markOf(writer, files[0]);
  const point = mark?.input === undefined ? undefined : await look(mark.input);
  if (point === undefined) return undefined;
  const state = await movedState(writer, point.input, decodeResumeState(point.state), files);
  return state && { identity: point.input, state };
}

/**
 * The first file of an input that the topic holds.
 *
 * @param own how far the input itself was written
 * @param isResumed whether it is continued from there: then only the files that come after
 */
export async function findHeld(
  writer: LogWriter,
  { input, files }: LookOptions,
  { own, isResumed }: { readonly own: WrittenBefore | undefined; readonly isResumed: boolean },
): Promise<HeldFile | undefined> {
  if (input.identity === undefined) return undefined;
  const places = placesOf(files);
  const last = own?.state.last;
  const found = places.findIndex(({ id }) => id === last?.id);
  // One that has grown since it had fewer bytes than make a name is known by the state alone.
  const content = own?.state.content;
  if (!isResumed && last !== undefined && content !== undefined && found >= 0) {
    if (await hasContent(files[found], content)) return { file: files[found], id: last.id, rows: last.rows };
  }
  const first = isResumed && last !== undefined ? Math.max(found, last.index) + 1 : 0;
  for (const file of files.slice(first, first + lookedForMax)) {
    const mark = await markOf(writer, file);
    // Those of the input itself are in another order now, which is refused elsewhere.
    if (mark === undefined || (isResumed && mark.input === own?.identity)) continue;
    return { file, id: mark.id, rows: await rowsOf(writer, mark) };
  }
  return undefined;
}

/** The state with its last row's file where it is now; undefined when the files are not known to be the same. */
async function movedState(
  writer: LogWriter,
  identity: string,
  state: ResumeState,
  files: readonly InputFile[],
): Promise<ResumeState | undefined> {
  const { last, content } = state;
  const places = placesOf(files);
  const isThere = [places, spelledPlacesOf(files)].some(
    ({ [last.index]: place }) => place?.id === last.id && place.before === last.before,
  );
  if (isThere) return state;
  if (content === undefined || last.index >= files.length) return undefined;
  for (const [index, file] of files.slice(0, last.index).entries()) {
    const mark = await markOf(writer, file);
    if (mark?.input !== identity || mark.index !== index) return undefined;
  }
  if (!(await hasContent(files[last.index], content))) return undefined;
  const { id, before } = places[last.index];
  return { ...state, last: { ...last, id, before } };
}

async function markOf(writer: LogWriter, file: InputFile): Promise<ContentMark | undefined> {
  const name = await contentName(file);
  const point = name && (await writer.peekResumePoint(contentMarkKey(name)));
  return point && decodeContentMark(point.state);
}

async function rowsOf(writer: LogWriter, { input, id }: ContentMark): Promise<number | undefined> {
  const point = input === undefined ? undefined : await writer.peekResumePoint(input);
  const last = point && decodeResumeState(point.state).last;
  return last?.id === id ? last.rows : undefined;
}
