import type { z } from 'zod';
import { DtstreamError } from '../../../errors.js';

/**
 * Reads a value of the store that is JSON.
 *
 * @param what it is, for messages
 * @throws DtstreamError `store` when it is not what it must be
 */
export function readStored<T>(what: string, value: Uint8Array, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()));
  } catch (cause) {
    throw damagedValue(what, `it has ${value.length} bytes of something else`, cause);
  }
}

/** The error of a value that cannot be what it is kept for. */
export function damagedValue(what: string, why: string, cause?: unknown): DtstreamError {
  return new DtstreamError(
    'store',
    `cannot read ${what}: it must be as it was written, but ${why}; the store is damaged`,
    {
      cause,
    },
  );
}

/** The numbers of a value that is f64 one after the other, whole ones from 0 on. @throws DtstreamError `store` */
export function readStoredCounts(what: string, value: Uint8Array, count: number): Float64Array {
  if (value.length !== count * Float64Array.BYTES_PER_ELEMENT) throw damagedValue(what, `it has ${value.length} bytes`);
  const numbers = new Float64Array(value.slice().buffer);
  const wrong = numbers.find((number) => !(Number.isSafeInteger(number) && number >= 0));
  if (wrong !== undefined) throw damagedValue(what, `it has the count ${wrong}`);
  return numbers;
}
