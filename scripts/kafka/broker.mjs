// Starts Apache Kafka on loopback: one node in KRaft mode, in a folder of its own that goes with it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GuardedProcess, freePorts, isListening } from '../guarded-process.mjs';
import { installKafka, kafkaVersions } from './install.mjs';
import { brokerSettings, createCertificates, formatArguments } from './settings.mjs';

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

  let running;
  const broker = {
    brokers: `127.0.0.1:${port}`,
    version,
    ca,
    dir,
    logFile,
    async start() {
      running = new GuardedProcess({ command: 'java', args: [...java, 'kafka.Kafka', settings], logFile });
      // The port opens once the broker takes requests.
      await running.until(() => isListening(port));
    },
    stop: () => running?.end('SIGTERM'),
    kill: () => running?.end('SIGKILL'),
    async close() {
      await running?.end('SIGKILL');
      rmSync(dir, { recursive: true, force: true });
    },
  };

  try {
    await broker.start();
  } catch (error) {
    await broker.close();
    throw error;
  }
  return broker;
}
