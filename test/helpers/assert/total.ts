import assert from 'node:assert/strict';
import { Script } from 'node:vm';
import { DtstreamError } from '../../../src/errors.js';

const workName = Symbol.for('dtstream work under watch');
const runWork = new Script(`globalThis[Symbol.for('dtstream work under watch')]()`);

/**
 * Runs work that does not wait for anything; when it takes longer it is ended, loops and all, and that is an error.
 *
 * @param limitMs far above what it takes: a hang fails, a slow machine does not
 */
function within(limitMs: number, work: () => void): void {
  Reflect.set(globalThis, workName, work);
  try {
    runWork.runInThisContext({ timeout: limitMs });
  } finally {
    Reflect.deleteProperty(globalThis, workName);
  }
}

const caseLimitMs = 5000;
/** Far above what a case of a few kilobytes needs, far below what a length of 31 bits asks for. */
const caseBytesMax = 64 << 20;

/** Errors of the engine that say that too much was asked for; a decoder has to look before it asks. */
const askedTooMuch = /Invalid (typed )?array length|allocation failed|call stack|Invalid string length/;

/** Whether a decoder of foreign bytes may fail so: an expected failure, or one of a length, a count or a number. */
export function isDecodeError(error: unknown): boolean {
  if (error instanceof DtstreamError) return error.cause === undefined || !isAskedTooMuch(error.cause);
  return error instanceof RangeError && !isAskedTooMuch(error);
}

function isAskedTooMuch(error: unknown): boolean {
  return error instanceof Error && askedTooMuch.test(error.message);
}

/**
 * Asserts that decoding foreign bytes gives a value or fails as it may, in bounded time and memory.
 *
 * @returns the value, undefined after an error
 */
export function decodeWithinBounds<T>(
  decode: () => T,
  isExpected: (error: unknown) => boolean = isDecodeError,
): T | undefined {
  let value: T | undefined;
  let failure: { readonly error: unknown } | undefined;
  const bytesBefore = process.memoryUsage().arrayBuffers;
  within(caseLimitMs, () => {
    try {
      value = decode();
    } catch (error) {
      failure = { error };
    }
  });
  const bytes = process.memoryUsage().arrayBuffers - bytesBefore;
  assert.ok(bytes < caseBytesMax, `must take less than ${caseBytesMax} bytes, got ${bytes}`);
  if (failure !== undefined && !isExpected(failure.error)) throw failure.error;
  return value;
}
