import { once } from 'node:events';

/** Writes to stdout and waits while its reader is slow. */
export async function writeOut(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

let logsJson = false;

/** Sets how all further lines on stderr look: for people, or a JSON object each for machines. */
export function setLogFormat(format: 'text' | 'json'): void {
  logsJson = format === 'json';
}

/** Writes one line to stderr. */
export function say(text: string, level: 'info' | 'warn' | 'error' = 'info'): void {
  const json = (): string => JSON.stringify({ time: new Date().toISOString(), level, message: text });
  process.stderr.write(logsJson ? `${json()}\n` : `dtstream: ${text}\n`);
}

/** Whether a line on stderr may be drawn anew: a person looks at it. */
export function canRedraw(): boolean {
  return process.stderr.isTTY && !logsJson;
}

/**
 * A signal that aborts on SIGINT or SIGTERM, so that what is under way can be finished; the second one ends the process
 * at once.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
      controller.abort();
    });
  }
  return controller.signal;
}
