import { fileURLToPath } from 'node:url';

/** A real broker on loopback, of scripts/kafka/broker.mjs. */
export interface KafkaBroker {
  /** `host:port` */
  readonly brokers: string;
  /** Certificate of the authority as PEM, with TLS. */
  readonly ca: string | undefined;
  readonly logFile: string;
  stop(): Promise<void>;
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

interface BrokerScripts {
  readonly startBroker: (options?: { version?: string; security?: 'none' | 'sasl-tls' }) => Promise<KafkaBroker>;
  readonly missingTools: (version: string) => string | undefined;
  readonly kafkaVersions: { readonly current: string; readonly previous: string };
  readonly testUser: { readonly username: string; readonly password: string };
}

const script = (name: string): string => fileURLToPath(new URL(`../../../scripts/kafka/${name}`, import.meta.url));
const { startBroker } = (await import(script('broker.mjs'))) as Pick<BrokerScripts, 'startBroker'>;
const { missingTools, kafkaVersions } = (await import(script('install.mjs'))) as Omit<BrokerScripts, 'startBroker'>;
const { testUser } = (await import(script('settings.mjs'))) as Pick<BrokerScripts, 'testUser'>;

export { kafkaVersions, startBroker, testUser };

const missing = missingTools(kafkaVersions.current);
if (missing !== undefined && process.env.CI === 'true') {
  throw new Error(`in CI the tests with a real Kafka must run, but ${missing}`);
}

/** Why tests with a real broker are skipped here, false when they run. */
export const skipKafka: string | false = missing === undefined ? false : `no Kafka here: ${missing}`;
