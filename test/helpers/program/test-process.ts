import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { Console, type ConsoleProcess } from '../../../src/commands/console/console.js';

/** A stream that keeps what is written to it. */
class KeptStream extends Writable {
  /** Of {@link NodeJS.WriteStream}. */
  isTTY = false;
  #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString();
  }

  /** What was written since the last call. */
  take(): string {
    const { text } = this;
    this.#chunks = [];
    return text;
  }
}

/**
 * Stands for the process of a command: keeps what is written, and has the environment and the signals that a test gives it.
 * Its standard input is empty.
 */
export class TestProcess extends EventEmitter {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin = Readable.from([]);
  readonly stdout = new KeptStream();
  readonly stderr = new KeptStream();
  /** Resolves when the command ends it without coming to its end. */
  readonly exited: Promise<number>;
  readonly #setExited: (code: number) => void;

  constructor(env: Readonly<Record<string, string | undefined>> = {}) {
    super();
    this.env = { ...env };
    let setExited!: (code: number) => void;
    this.exited = new Promise((resolve) => (setExited = resolve));
    this.#setExited = setExited;
  }

  exit(code: number): never {
    this.#setExited(code);
    throw new Error(`the process has ended with ${code}`);
  }

  /** As what a command takes it for. */
  get asProcess(): ConsoleProcess {
    return this as unknown as ConsoleProcess;
  }

  /** The lines on stderr since the last call, without the name of the program before each. */
  saidLines(): string[] {
    const lines = this.stderr.take().split('\n').slice(0, -1);
    return lines.map((line) => line.replace(/^dtstream: /, ''));
  }
}

/** A console for a part of a command, and the process that it is of. */
export function testConsole(): { readonly console: Console; readonly process: TestProcess } {
  const process = new TestProcess();
  return { console: new Console(process.asProcess), process };
}
