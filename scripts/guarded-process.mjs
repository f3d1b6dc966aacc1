// A server for tests as a process that never outlives the one that started it.
import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a program for as long as descriptor 3 is open: it closes when the process that started it is gone, however it went.
 * A line on it kills the program at once; SIGTERM stops it, SIGUSR1 pauses it and SIGUSR2 resumes it.
 */
const guarded = `
"$@" 3<&- &
server=$!
(read line <&3; kill -9 $server) &
guard=$!
trap 'kill $server' TERM
trap 'kill -STOP $server' USR1
trap 'kill -CONT $server' USR2
while kill -0 $server 2> /dev/null; do wait $server; done
kill $guard
`;
const startTimeoutMs = 120_000;
const stopTimeoutMs = 20_000;

/** A process that is running: `end` with SIGTERM lets it finish, with SIGKILL it is gone at once. */
export class GuardedProcess {
  #child;
  #logFile;

  /** @param {{ command: string, args: readonly string[], logFile: string }} program what it says is added to the file */
  constructor({ command, args, logFile }) {
    this.#logFile = logFile;
    const log = createWriteStream(logFile, { flags: 'a' });
    this.#child = spawn('sh', ['-c', guarded, 'sh', command, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    this.#child.stdio[3].on('error', () => undefined);
    this.#child.stdout.pipe(log, { end: false });
    this.#child.stderr.pipe(log, { end: false });
    this.#child.once('close', () => log.end());
  }

  /** Resolves once `isReady` says so. */
  async until(isReady) {
    const deadline = Date.now() + startTimeoutMs;
    while (!(await isReady())) {
      if (this.#hasEnded || Date.now() > deadline) {
        throw new Error(`it did not start:\n${readFileSync(this.#logFile, 'utf8').slice(-2000)}`);
      }
      await sleep(50);
    }
  }

  get #hasEnded() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Pauses the program until it is resumed. */
  hold() {
    this.#child.kill('SIGUSR1');
  }

  goOn() {
    this.#child.kill('SIGUSR2');
  }

  async end(signal) {
    if (this.#hasEnded) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    if (signal === 'SIGKILL') this.#child.stdio[3].end('\n');
    else this.#child.kill(signal);
    const late = setTimeout(() => this.#child.stdio[3].end('\n'), stopTimeoutMs);
    await ended;
    clearTimeout(late);
  }
}

/** Free loopback ports. */
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => server.address().port);
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}

/** Whether somebody listens on a port of loopback. */
export function isListening(port, host = '127.0.0.1') {
  return new Promise((resolve) => {
    const socket = connect(port, host.replace(/^\[|\]$/g, ''), () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
