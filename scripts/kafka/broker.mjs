// Starts Apache Kafka on loopback: nodes in KRaft mode, in folders of their own that go with them.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GuardedProcess, freePorts, isListening } from '../guarded-process.mjs';
import { installKafka, kafkaVersions } from './install.mjs';
import { brokerSettings, createCertificates, formatArguments } from './settings.mjs';

/**
 * @param {{ version?: string, security?: 'none' | 'sasl-tls', small?: boolean, host?: string,
 *   settings?: Record<string, string | number>,
 *   listeners?: readonly { name: string, protocol: string, advertisedPort?: number }[] }} options
 *   small: for tests, which share the machine (default); settings are added to those of the tests; host: an address of
 *   loopback, in brackets where it is of IPv6; listeners: more of them, of one broker
 * @returns a broker with its address, and those of its other listeners by name; `stop`, `kill` and `start` act on the same
 *   data, `close` removes it
 */
export async function startBroker({ listeners = [], ...options } = {}) {
  const ports = await freePorts(listeners.length);
  const more = listeners.map((listener, index) => ({ ...listener, port: ports[index] }));
  const {
    nodes: [broker],
  } = await startCluster({ ...options, listeners: more, size: 1 });
  return broker;
}

/**
 * Several brokers, each a controller as well.
 *
 * @param {{ size?: number, settings?: Record<string, string | number>, settingsOf?: (id: number, ports: readonly number[]) =>
 *   Record<string, string | number> }} options those of {@link startBroker}; settingsOf: of one node more
 * @returns `brokers` as a list for `--brokers`; `nodes` by id from 1, each as {@link startBroker} gives one
 */
export async function startCluster({ size = 3, settingsOf = () => ({}), ...options } = {}) {
  const ports = await freePorts(2 * size);
  const [own, controllerPorts] = [ports.slice(0, size), ports.slice(size)];
  const nodes = await Promise.all(
    own.map((port, index) => {
      const id = index + 1;
      const settings = { ...options.settings, ...settingsOf(id, own) };
      return makeNode({ ...options, settings, id, port, controllerPorts });
    }),
  );
  const close = () => Promise.all(nodes.map((node) => node.close()));
  try {
    await Promise.all(nodes.map((node) => node.start()));
  } catch (error) {
    await close();
    throw error;
  }
  return { brokers: nodes.map(({ brokers }) => brokers).join(','), nodes, close };
}

/** A node that is set up and not started. */
async function makeNode({
  version = kafkaVersions.current,
  security = 'none',
  small = true,
  host = '127.0.0.1',
  settings: ownSettings = {},
  listeners = [],
  id,
  port,
  controllerPorts,
}) {
  const libs = installKafka(version);
  const dir = mkdtempSync(join(tmpdir(), 'dtstream-kafka-'));
  const ca = security === 'none' ? undefined : createCertificates(dir);
  const settings = join(dir, 'server.properties');
  writeFileSync(settings, brokerSettings({ dir, host, id, port, controllerPorts, security, listeners, ownSettings }));
  mkdirSync(join(dir, 'data'));
  // Small, and one thread for what the garbage collector does: tests share the machine.
  const java = [
    ...(small ? ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] : ['-Xms1g', '-Xmx1g', '-XX:+UseG1GC']),
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-cp',
    join(libs, '*'),
  ];
  const logFile = join(dir, 'broker.log');
  await promisify(execFile)('java', [...java, 'kafka.tools.StorageTool', ...formatArguments({ settings, security })]);

  let running;
  return {
    id,
    brokers: `${host}:${port}`,
    listeners: Object.fromEntries(listeners.map((listener) => [listener.name, `${host}:${listener.port}`])),
    version,
    ca,
    dir,
    logFile,
    async start() {
      running = new GuardedProcess({ command: 'java', args: [...java, 'kafka.Kafka', settings], logFile });
      // The port opens once the broker takes requests.
      await running.until(() => isListening(port, host));
    },
    stop: () => running?.end('SIGTERM'),
    kill: () => running?.end('SIGKILL'),
    hold: () => running?.hold(),
    goOn: () => running?.goOn(),
    async close() {
      await running?.end('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
