import { fileURLToPath } from 'node:url';

/** A real broker on loopback, of scripts/kafka/broker.mjs. */
interface Broker {
  /** `host:port` */
  readonly brokers: string;
  readonly version: string;
  close(): Promise<void>;
}

const script = fileURLToPath(new URL('../../../scripts/kafka/broker.mjs', import.meta.url));
const { startBroker } = (await import(script)) as { readonly startBroker: () => Promise<Broker> };

export { startBroker };
