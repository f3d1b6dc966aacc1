import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BatchMessage } from '../../../src/domain/batch-message.js';
import type { LogReader, Transport } from '../../../src/transport/transport.js';
import { type RunningCli, startCli } from '../../helpers/program/cli.js';
import { parseMessage } from '../../helpers/assert/wire-schema.js';
import { readToEnd, valuesOf } from '../../transport/records.js';

/** Rows of one file through a broker: a topic and a group of their own, real processes, and `verify` at the end. */
export class KafkaPipeline {
  readonly topic = `raw-${randomUUID()}`;
  readonly group = `group-${randomUUID()}`;
  readonly brokers: string;
  readonly #log: Transport;
  readonly #input: string;
  readonly #rows: number;
  readonly #flags: readonly string[];
  readonly #timeoutMs: number | undefined;
  readonly #processes: RunningCli[] = [];

  /**
   * @param at.rows of the file
   * @param at.flags of every `process`, such as `--lanes 2`
   * @param at.timeoutMs after which a process is killed; default: a minute
   */
  constructor(at: {
    brokers: string;
    log: Transport;
    input: string;
    rows: number;
    flags?: readonly string[];
    timeoutMs?: number;
  }) {
    this.brokers = at.brokers;
    this.#log = at.log;
    this.#input = at.input;
    this.#rows = at.rows;
    this.#flags = at.flags ?? [];
    this.#timeoutMs = at.timeoutMs;
  }

  /** Starts to write the file. */
  produce(...flags: readonly string[]): RunningCli {
    return this.start('produce', this.#input, '--topic', this.topic, '--partitions', '4', '--quiet', ...flags);
  }

  /** Starts a member of the group. */
  process(...flags: readonly string[]): RunningCli {
    return this.processWith({}, ...flags);
  }

  /** Starts a member of the group with more in its environment. */
  processWith(env: Readonly<Record<string, string>>, ...flags: readonly string[]): RunningCli {
    const own = ['--topic', this.topic, '--group', this.group, '--threads', '1', '--batch-interval', '100ms'];
    return this.#start(['process', ...own, ...this.#flags, ...flags], env);
  }

  /** Resolves when somebody has published a message that was not there at the call; `lane` = of that lane. */
  async published(lane?: number): Promise<void> {
    const reader = await this.#log.openReader('data_clean', 'latest');
    try {
      await this.#awaitMessage(reader, lane === undefined ? `${this.group}/` : `${this.group}/${lane}`);
    } finally {
      await reader.close();
    }
  }

  /** What the group has published, with one lane. */
  async messages(): Promise<BatchMessage[]> {
    const reader = await this.#log.openReader('data_clean', 'earliest');
    const all = valuesOf(await readToEnd(reader, 'utf8'));
    await reader.close();
    return all.filter((value) => value.includes(`"producer":"${this.group}/`)).map(parseMessage);
  }

  /** Resolves when the topic holds so many messages. */
  async written(messages: number): Promise<void> {
    const signal = AbortSignal.timeout(40_000);
    for (;;) {
      const states = await this.#log.topics([this.topic]);
      const held = states.flatMap(({ partitions }) => partitions).reduce((sum, { first, end }) => sum + end - first, 0);
      if (held >= messages) return;
      await sleep(50, undefined, { signal });
    }
  }

  /** Resolves when the brokers have given the group up. */
  async forgotten(): Promise<void> {
    const signal = AbortSignal.timeout(30_000);
    while ((await this.#log.groups([this.group])).some(({ alive }) => alive)) {
      await sleep(200, undefined, { signal });
    }
  }

  /** Ends a process in order, and asserts that it did. */
  async stop(running: RunningCli): Promise<void> {
    running.child.kill('SIGTERM');
    assert.deepEqual(await endOf(running), { code: 0, signal: null });
  }

  /** Reads what is left, and asserts that `verify` finds the messages equal to all rows, each once. */
  async assertExact(): Promise<void> {
    const last = this.process('--until-end');
    assert.deepEqual(await endOf(last), { code: 0, signal: null });
    await this.assertEqual(this.#rows);
  }

  /** Asserts that `verify` finds the messages equal to so many rows. */
  async assertEqual(rows: number): Promise<void> {
    const verify = this.start('verify', '--topic', this.topic, '--group', this.group, '--quiet');
    const { stdout, stderr, code } = await verify.result();
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, new RegExp(`^equal over ${rows.toLocaleString('en-US')} rows`));
  }

  /** Starts any command on the brokers. */
  start(...args: readonly string[]): RunningCli {
    return this.#start(args, {});
  }

  /** Ends what a failed test left. */
  close(): void {
    for (const { child } of this.#processes) child.kill('SIGKILL');
  }

  #start(args: readonly string[], env: Readonly<Record<string, string>>): RunningCli {
    const running = startCli([...args, '--brokers', this.brokers, '--broker-wait', '60s'], {
      env,
      ...(this.#timeoutMs === undefined ? {} : { timeoutMs: this.#timeoutMs }),
    });
    running.child.stdin.end();
    this.#processes.push(running);
    return running;
  }

  async #awaitMessage(reader: LogReader, producer: string): Promise<void> {
    const signal = AbortSignal.timeout(40_000);
    while (!signal.aborted) {
      for (const { values } of await reader.read({ bytesMax: 1, waitMs: 40_000, signal })) {
        if (Buffer.from(values).includes(`"producer":"${producer}`)) return;
      }
    }
    throw new Error(`${producer} published nothing for 40 s`);
  }
}

/** How a process ended; what it said is shown when that was not well. */
export async function endOf(running: RunningCli): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  const { code, signal, stderr } = await running.result();
  if (code !== 0 && signal === null) process.stderr.write(stderr);
  return { code, signal };
}

/** Resolves when a process has said something like this, rejects when it ends without. */
export async function stderrSays({ child }: RunningCli, pattern: RegExp): Promise<void> {
  let said = '';
  child.stderr.on('data', (text: string) => (said += text));
  while (!pattern.test(said)) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`ended and said only: ${said}`);
    await Promise.race([once(child.stderr, 'data'), once(child, 'exit')]);
  }
}
