import { once } from 'node:events';

/** Writes to stdout and waits while its reader is slow. */
export async function writeOut(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** Writes one line for people to stderr. */
export function say(text: string): void {
  process.stderr.write(`dtstream: ${text}\n`);
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
