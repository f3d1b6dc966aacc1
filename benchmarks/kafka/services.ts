import { fileURLToPath } from 'node:url';

/** A broker of the bench's own, on loopback. */
export interface BenchBroker {
  readonly brokers: string;
  close(): Promise<void>;
}

interface Scripts {
  readonly startBroker: (options: {
    small: boolean;
    settings: Readonly<Record<string, string | number>>;
  }) => Promise<BenchBroker>;
  readonly installKafka: (version: string, options: { tools: boolean }) => string;
  readonly kafkaVersions: { readonly current: string };
  readonly installPython: (requirements: string, name: string) => string;
}

const script = (name: string): string => fileURLToPath(new URL(`../../../scripts/${name}`, import.meta.url));
const { startBroker } = (await import(script('kafka/broker.mjs'))) as Pick<Scripts, 'startBroker'>;
const kafka = (await import(script('kafka/install.mjs'))) as Pick<Scripts, 'installKafka' | 'kafkaVersions'>;
const python = (await import(script('python.mjs'))) as Pick<Scripts, 'installPython'>;

export const kafkaVersion = kafka.kafkaVersions.current;

/** A broker as one would run it: Java's own settings, 1 GB, and the waiting time of a new group that is the default. */
export function startBenchBroker({ rebalanceDelayMs = 3000 } = {}): Promise<BenchBroker> {
  return startBroker({
    small: false,
    settings: { 'group.initial.rebalance.delay.ms': rebalanceDelayMs, 'num.io.threads': 8 },
  });
}

/** Folder with the jars of Kafka's performance tools. */
export function javaTools(): string {
  return kafka.installKafka(kafkaVersion, { tools: true });
}

/** Python that has the packages of a requirements file, in an environment below build/. */
export const { installPython } = python;
