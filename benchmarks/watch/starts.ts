import { keysThroughPages, measureWatch, type Size, type Step, type TypedKey } from './pty-meter.js';

/** Time that a start and its data get. */
const withinS = 10;
/** Bytes that come within this time after a key are those of the change of page. */
const changeS = 0.3;

/** From the start of the process, ms. */
export interface MeasuredStart {
  readonly frameMs: number;
  readonly dataMs: number;
}

/** Starts `watch` on a log with messages. @throws Error when no data are shown in time */
export async function measureStart(flags: readonly string[], size: Size): Promise<MeasuredStart> {
  const { seenMs, screen } = await measureWatch(flags, size, [{ until: 'data', within: withinS }, { wait: 0.5 }]);
  const { frame, data } = seenMs;
  if (frame === undefined || data === undefined) {
    throw new Error(`watch must show data within ${withinS} s:\n${screen.join('\n')}`);
  }
  return { frameMs: frame, dataMs: data };
}

/** Goes through all pages so many times. */
export async function measureKeys(flags: readonly string[], size: Size, times: number): Promise<readonly TypedKey[]> {
  const keys = Array.from({ length: times }, () => keysThroughPages).flat();
  const typed = keys.map((type): Step => ({ type, within: changeS }));
  return (await measureWatch(flags, size, [{ until: 'data', within: withinS }, { wait: 2 }, ...typed])).keys;
}
