import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { visibleJson, visibleJsonLine, visibleText } from '../../domain/visible-text.js';
import { tellUsage } from '../child/usage.js';
import { withoutSecrets } from './without-secrets.js';

/** Writes data unchanged to stdout, and waits while its reader is slow. */
export async function writeOut(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}

/** Writes text lines to stdout: control characters are shown as escapes, so each stays one line and harmless. */
export function writeLines(lines: readonly string[]): Promise<void> {
  return writeOut(lines.map((line) => `${shown(line)}\n`).join(''));
}

/** Writes a value as JSON to stdout. @param indent as of {@link visibleJson} */
export function writeJson(value: unknown, indent?: number): Promise<void> {
  return writeOut(`${visibleJson(value, indent)}\n`);
}

/** Writes foreign JSON as a line: its bytes unchanged, but with control characters as escapes on a terminal. */
export function writeForeignJson(bytes: Uint8Array): Promise<void> {
  if (!process.stdout.isTTY) return writeOut(Buffer.concat([bytes, Buffer.from('\n')]));
  return writeOut(`${visibleJsonLine(Buffer.from(bytes).toString())}\n`);
}

let logsJson = false;

/** Sets how all further lines on stderr look: for people, or a JSON object each for machines. */
export function setLogFormat(format: 'text' | 'json'): void {
  logsJson = format === 'json';
}

let listener: ((text: string) => void) | undefined;

/** Redirects log lines to a listener while the UI owns the terminal; undefined = to stderr again. */
export function redirectSaid(to: ((text: string) => void) | undefined): void {
  listener = to;
}

/** Writes one line to stderr, or where {@link redirectSaid} says. */
export function logLine(text: string, level: 'info' | 'warn' | 'error' = 'info'): void {
  if (listener !== undefined) {
    listener(text);
    return;
  }
  const json = (): string => visibleJson({ time: new Date().toISOString(), level, message: withoutSecrets(text) });
  process.stderr.write(logsJson ? `${json()}\n` : `dtstream: ${shown(text)}\n`);
}

/** Redraws the progress line on stderr. */
export function drawLine(text: string): void {
  process.stderr.write(`\r\x1b[K${shown(text)}`);
}

/** Takes away what {@link drawLine} has drawn. */
export function eraseLine(): void {
  process.stderr.write('\r\x1b[K');
}

/** The last that is done to a line before people see it. */
function shown(line: string): string {
  return visibleText(withoutSecrets(line));
}

/** Whether a line on stderr may be redrawn: it is a terminal. */
export function canRedraw(): boolean {
  return process.stderr.isTTY && !logsJson;
}

/** A repeated signal within this time is the same one: npm passes on what the terminal has already sent to all. */
const echoMs = 500;

/**
 * A signal that aborts on SIGINT, SIGTERM or SIGHUP, so that current work can be finished; the second signal ends the
 * process at once. A process with a channel to its parent (node's `fork`) also stops when the channel closes, and reports
 * its resource usage through it.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  leaveDeadTerminals();
  let firstMs: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
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

/** Node sets terminals back at its end, and aborts where one has gone away meanwhile; those that are closed it leaves. */
function leaveDeadTerminals(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.once('exit', () => {
    for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
  });
}
