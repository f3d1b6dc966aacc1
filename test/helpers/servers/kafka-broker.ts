import { fileURLToPath } from 'node:url';

/** A real broker on loopback, of scripts/kafka/broker.mjs. */
export interface KafkaBroker {
  /** `host:port` */
  readonly brokers: string;
  /** `host:port` of those that were asked for beside it, by name. */
  readonly listeners: Readonly<Record<string, string>>;
  /** Certificate of the authority as PEM, with TLS. */
  readonly ca: string | undefined;
  readonly id: number;
  readonly logFile: string;
  stop(): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Holds it as it is: it takes connections and says nothing, until it is let go on. */
  hold(): void;
  goOn(): void;
  close(): Promise<void>;
}

export interface KafkaCluster {
  /** A list for `--brokers`. */
  readonly brokers: string;
  /** By id from 1. */
  readonly nodes: readonly KafkaBroker[];
  close(): Promise<void>;
}

type Settings = Readonly<Record<string, string | number>>;

interface BrokerOptions {
  readonly version?: string;
  readonly security?: 'none' | 'sasl-tls';
  /** An address of loopback, in brackets where it is of IPv6. */
  readonly host?: string;
  readonly settings?: Settings;
}

interface Listener {
  readonly name: string;
  readonly protocol: 'PLAINTEXT' | 'SASL_PLAINTEXT';
  /** Default: the port that it listens at. */
  readonly advertisedPort?: number;
}

interface BrokerScripts {
  readonly startBroker: (
    options?: BrokerOptions & { readonly listeners?: readonly Listener[] },
  ) => Promise<KafkaBroker>;
  readonly startCluster: (
    options?: BrokerOptions & {
      readonly size?: number;
      readonly settingsOf?: (id: number, ports: readonly number[]) => Settings;
    },
  ) => Promise<KafkaCluster>;
  readonly missingTools: (version: string) => string | undefined;
  readonly kafkaVersions: { readonly current: string; readonly previous: string };
  readonly testUser: { readonly username: string; readonly password: string };
}

const script = (name: string): string => fileURLToPath(new URL(`../../../../scripts/kafka/${name}`, import.meta.url));
const { startBroker, startCluster } = (await import(script('broker.mjs'))) as Pick<
  BrokerScripts,
  'startBroker' | 'startCluster'
>;
const { missingTools, kafkaVersions } = (await import(script('install.mjs'))) as Pick<
  BrokerScripts,
  'missingTools' | 'kafkaVersions'
>;
const { testUser } = (await import(script('settings.mjs'))) as Pick<BrokerScripts, 'testUser'>;

export { kafkaVersions, startBroker, startCluster, testUser };

const missing = missingTools(kafkaVersions.current);
if (missing !== undefined && process.env.CI === 'true') {
  throw new Error(`in CI the tests with a real Kafka must run, but ${missing}`);
}

/** Why tests with a real broker are skipped here, false when they run. */
export const skipKafka: string | false = missing === undefined ? false : `no Kafka here: ${missing}`;
