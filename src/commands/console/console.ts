import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { isatty } from 'node:tty';
import { visibleJson, visibleJsonLine, visibleText } from '../../domain/visible-text.js';
import { systemProblem } from '../../sources/input-error.js';
import { tellUsage } from '../child/usage.js';
import { maskedText, withoutSecrets } from './without-secrets.js';

/** What a command uses of the process that it runs in. */
export type ConsoleProcess = Pick<
  NodeJS.Process,
  'stdin' | 'stdout' | 'stderr' | 'env' | 'on' | 'once' | 'exit' | 'connected' | 'channel'
>;

/** A repeated signal within this time is the same one: npm passes on what the terminal has already sent to all. */
const echoMs = 500;

/**
 * What a command reads, writes and is told: the standard streams, the environment and the signals of its process. Each run
 * of the program has its own.
 */
export class Console {
  readonly #process: ConsoleProcess;
  readonly #words: readonly string[];
  #logsJson = false;
  /** Whether a progress line is drawn, which the next line must not be written behind. */
  #isDrawn = false;
  #listener: ((text: string) => void) | undefined;

  /** @param words of the command line after the program's name */
  constructor(process: ConsoleProcess, words: readonly string[] = []) {
    this.#process = process;
    this.#words = words;
    this.#watchStreams();
  }

  get env(): NodeJS.ProcessEnv {
    return this.#process.env;
  }

  /** The command line as it may be shown: without secrets. */
  get commandLine(): string {
    const quoted = this.#words.map((word) =>
      /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
    );
    return maskedText(['dtstream', ...quoted].join(' '));
  }

  /** Not opened before it is asked for. */
  get stdin(): NodeJS.Process['stdin'] {
    return this.#process.stdin;
  }

  get stdout(): NodeJS.Process['stdout'] {
    return this.#process.stdout;
  }

  get stderr(): NodeJS.Process['stderr'] {
    return this.#process.stderr;
  }

  /** Ends the process at once. */
  exit(code: number): never {
    return this.#process.exit(code);
  }

  /** Writes data unchanged to stdout, and waits while its reader is slow. */
  async writeOut(text: string | Uint8Array): Promise<void> {
    if (!this.stdout.write(text)) await once(this.stdout, 'drain');
  }

  /** Writes text lines to stdout: control characters are shown as escapes, so each stays one line and harmless. */
  writeLines(lines: readonly string[]): Promise<void> {
    return this.writeOut(lines.map((line) => `${shown(line)}\n`).join(''));
  }

  /** Writes a value as JSON to stdout. @param indent as of {@link visibleJson} */
  writeJson(value: unknown, indent?: number): Promise<void> {
    return this.writeOut(`${visibleJson(value, indent)}\n`);
  }

  /** Writes foreign JSON as a line: its bytes unchanged, but with control characters as escapes on a terminal. */
  writeForeignJson(bytes: Uint8Array): Promise<void> {
    if (!this.stdout.isTTY) return this.writeOut(Buffer.concat([bytes, Buffer.from('\n')]));
    return this.writeOut(`${visibleJsonLine(Buffer.from(bytes).toString())}\n`);
  }

  /** Sets how all further lines on stderr look: for people, or a JSON object each for machines. */
  setLogFormat(format: 'text' | 'json'): void {
    this.#logsJson = format === 'json';
  }

  /** Redirects log lines to a listener while the UI owns the terminal; undefined = to stderr again. */
  redirectSaid(to: ((text: string) => void) | undefined): void {
    this.#listener = to;
  }

  /** Writes one line to stderr, or where {@link redirectSaid} says. */
  logLine(text: string, level: 'info' | 'warn' | 'error' = 'info'): void {
    if (this.#listener !== undefined) {
      this.#listener(text);
      return;
    }
    if (this.#isDrawn) this.eraseLine();
    const json = (): string => visibleJson({ time: new Date().toISOString(), level, message: withoutSecrets(text) });
    this.stderr.write(this.#logsJson ? `${json()}\n` : `dtstream: ${shown(text)}\n`);
  }

  /** Redraws the progress line on stderr. */
  drawLine(text: string): void {
    this.stderr.write(`\r\x1b[K${shown(text)}`);
    this.#isDrawn = true;
  }

  /** Takes away what {@link drawLine} has drawn. */
  eraseLine(): void {
    this.stderr.write('\r\x1b[K');
    this.#isDrawn = false;
  }

  /** Whether a line on stderr may be redrawn: it is a terminal. */
  canRedraw(): boolean {
    return this.stderr.isTTY && !this.#logsJson;
  }

  /**
   * A signal that aborts on SIGINT, SIGTERM or SIGHUP, so that current work can be finished; the second signal ends the
   * process at once. A process with a channel to its parent (node's `fork`) also stops when the channel closes, and
   * reports its resource usage through it.
   */
  stopSignal(): AbortSignal {
    const controller = new AbortController();
    this.#leaveDeadTerminals();
    let firstMs: number | undefined;
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      this.#process.on(name, () => {
        firstMs ??= performance.now();
        if (performance.now() - firstMs > echoMs) this.exit(128 + constants.signals[name]);
        controller.abort();
      });
    }
    if (this.#process.connected) {
      this.#process.once('disconnect', () => controller.abort());
      tellUsage();
      this.#process.channel?.unref();
    } else if ('connected' in this.#process) {
      // The channel was already closed.
      controller.abort();
    }
    return controller.signal;
  }

  /**
   * A closed pipe (`dtstream … | head`) or terminal on stdout is not a failure; a full disk is one. Errors of stderr are
   * ignored, and the work continues.
   */
  #watchStreams(): void {
    this.stderr.on('error', () => undefined);
    this.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || (error.code === 'EIO' && this.stdout.isTTY)) this.exit(0);
      this.logLine(`cannot write to stdout: ${systemProblem(error)}`, 'error');
      this.exit(1);
    });
  }

  /** Node sets terminals back at its end, and aborts where one has gone away meanwhile; those that are closed it leaves. */
  #leaveDeadTerminals(): void {
    const terminals = [0, 1, 2].filter((fd) => isatty(fd));
    this.#process.once('exit', () => {
      for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
    });
  }
}

/** The last that is done to a line before people see it. */
function shown(line: string): string {
  return visibleText(withoutSecrets(line));
}
