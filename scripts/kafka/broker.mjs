// Starts Apache Kafka on loopback: one node in KRaft mode, in a folder of its own that goes with it.
import { execFileSync, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installKafka, kafkaVersions } from './install.mjs';
import { brokerSettings, createCertificates, formatArguments } from './settings.mjs';

/**
 * Runs a program for as long as descriptor 3 is open: it closes when the process that started it is gone, however it went.
 * A line on it kills the program at once; SIGTERM stops it.
 */
const guarded = `
java "$@" 3<&- &
broker=$!
(read line <&3; kill -9 $broker) &
guard=$!
trap 'kill $broker' TERM
wait $broker
wait $broker
kill $guard
`;
const startTimeoutMs = 60_000;
const stopTimeoutMs = 20_000;

/**
 * @param {{ version?: string, security?: 'none' | 'sasl-tls', small?: boolean, settings?: Record<string, string | number> }} options
 *   small: for tests, which share the machine (default); settings are added to those of the tests
 * @returns a broker with its address; `stop`, `kill` and `start` act on the same data, `close` removes it
 */
export async function startBroker({
  version = kafkaVersions.current,
  security = 'none',
  small = true,
  settings: ownSettings = {},
} = {}) {
  const libs = installKafka(version);
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-kafka-'));
  const [port, controllerPort] = await freePorts(2);
  const ca = security === 'none' ? undefined : createCertificates(dir);
  const settings = join(dir, 'server.properties');
  writeFileSync(settings, brokerSettings({ dir, port, controllerPort, security, ownSettings }));
  mkdirSync(join(dir, 'data'));
  // Small, and one thread for what the garbage collector does: tests share the machine.
  const java = [
    ...(small ? ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] : ['-Xms1g', '-Xmx1g', '-XX:+UseG1GC']),
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-cp',
    join(libs, '*'),
  ];
  const logFile = join(dir, 'broker.log');
  execFileSync('java', [...java, 'kafka.tools.StorageTool', ...formatArguments({ settings, security })], {
    stdio: ['ignore', 'ignore', openSync(logFile, 'a')],
  });

  let child;
  const broker = {
    brokers: `127.0.0.1:${port}`,
    version,
    ca,
    dir,
    logFile,
    async start() {
      const log = createWriteStream(logFile, { flags: 'a' });
      child = spawn('sh', ['-c', guarded, 'sh', ...java, 'kafka.Kafka', settings], {
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      });
      child.stdout.pipe(log);
      child.stderr.pipe(log);
      await answers(port, child, logFile);
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async close() {
      await end('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    },
  };

  async function end(signal) {
    const running = child;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    if (signal === 'SIGKILL') running.stdio[3].end('\n');
    else running.kill(signal);
    const late = setTimeout(() => running.stdio[3].end('\n'), stopTimeoutMs);
    await ended;
    clearTimeout(late);
    child = undefined;
  }

  try {
    await broker.start();
  } catch (error) {
    await broker.close();
    throw error;
  }
  return broker;
}

/** Ports of loopback that nobody listens on. */
async function freePorts(count) {
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

async function answers(port, child, logFile) {
  const deadline = Date.now() + startTimeoutMs;
  let ended = false;
  child.once('exit', () => (ended = true));
  while (!ended && Date.now() < deadline) {
    const isUp = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    // The port opens once the broker takes requests.
    if (isUp) return;
    await sleep(50);
  }
  throw new Error(`the broker did not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
}
