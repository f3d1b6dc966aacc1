import { once } from 'node:events';
import { constants } from 'node:os';
import { tellUsage } from './tell-usage.js';

/** Writes to stdout and waits while its reader is slow. */
export async function writeOut(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

let logsJson = false;

/** Sets how all further lines on stderr look: for people, or a JSON object each for machines. */
export function setLogFormat(format: 'text' | 'json'): void {
  logsJson = format === 'json';
}

let listener: ((text: string) => void) | undefined;

/** Gives what is said to a listener instead of stderr, as long as a screen is drawn there; undefined = to stderr again. */
export function redirectSaid(to: ((text: string) => void) | undefined): void {
  listener = to;
}

/** Writes one line to stderr, or where {@link redirectSaid} says. */
export function say(text: string, level: 'info' | 'warn' | 'error' = 'info'): void {
  if (listener !== undefined) {
    listener(text);
    return;
  }
  const json = (): string => JSON.stringify({ time: new Date().toISOString(), level, message: text });
  process.stderr.write(logsJson ? `${json()}\n` : `dtstream: ${text}\n`);
}

/** Whether a line on stderr may be drawn anew: a person looks at it. */
export function canRedraw(): boolean {
  return process.stderr.isTTY && !logsJson;
}

/** A signal that comes again so soon is the same one: npm passes on what the terminal has sent to all. */
const echoMs = 500;

/**
 * A signal that aborts on SIGINT or SIGTERM, so that what is under way can be finished; the second one ends the process
 * at once. A process that was started with a channel to its parent (node's `fork`) also stops when that is closed, and
 * says through it what it takes.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let firstMs: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      firstMs ??= performance.now();
      if (performance.now() - firstMs > echoMs) process.exit(128 + constants.signals[name]);
      controller.abort();
    });
  }
  if (process.connected) {
    process.once('disconnect', () => controller.abort());
    tellUsage();
    process.channel?.unref();
  } else if ('connected' in process) {
    // There was a channel, and it was closed before we came here.
    controller.abort();
  }
  return controller.signal;
}
