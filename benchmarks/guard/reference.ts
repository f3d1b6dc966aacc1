/**
 * What the guarded loops are measured against: the least that a loop in plain JavaScript can do with the same bytes, or
 * what comes with the language. It runs in the same process, moments before and after, so that another machine or a busy one moves both.
 */

const lf = 0x0a;
const comma = 0x2c;
const zero = 0x30;

/** Reads every byte of CSV text as part of a number, and adds the numbers up. */
export function scanText(bytes: Uint8Array): number {
  let sum = 0;
  let value = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === comma || byte === lf) {
      sum = (sum + value) | 0;
      value = 0;
    } else {
      value = (value * 10 + byte - zero) | 0;
    }
  }
  return sum;
}

/** Reads every word and adds their two halves up, some bits of each moved. */
export function scanWords(words: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < words.length; i += 2) sum = (sum + (words[i] >>> 5) + (words[i + 1] & 0xffff)) | 0;
  return sum;
}

/** Parses every message as JSON, without a look at it. */
export function parseMessages(messages: readonly Uint8Array[]): unknown {
  const text = new TextDecoder();
  return messages.reduce<unknown>((_, message) => JSON.parse(text.decode(message)), undefined);
}
