import { type Command, InvalidArgumentError, Option } from 'commander';
import { brokersIn } from '../../transport/kafka/client/broker-address.js';
import type { Compression } from '../../transport/kafka/writing/compression.js';
import type { KafkaLogOptions } from '../../transport/kafka/client/kafka-options.js';
import type { Transport } from '../../transport/transport.js';
import { loadConfig } from '../config/load.js';
import { namePrefix } from './prefix.js';
import { duration } from './quantity.js';
import type { Console } from '../console/console.js';
import { maskedAddress } from '../console/without-secrets.js';

/** Flags that select the log. */
export interface LogFlags {
  readonly brokers?: string;
  readonly store: string;
  /** ms; default 10,000. */
  readonly brokerWait?: number;
  /** File with the geometry and the security settings of Kafka. */
  readonly config?: string;
  /** In front of the names of topics and groups; topic and group of the flags have it already. */
  readonly prefix?: string;
}

/** Options of a command for opening the log. */
export interface OpenLogOptions {
  readonly create?: boolean;
  readonly retentionPolicy?: 'hold' | 'delete';
  readonly acks?: 'all' | '1' | '0';
  readonly compression?: Compression;
  /** Aborts at a stop by the user: from then on, unreachable brokers are waited for at most `stopWaitMs`. */
  readonly stop?: AbortSignal;
  readonly stopWaitMs?: number;
}

export function addLogFlags(command: Command): Command {
  return command
    .addOption(
      new Option('--brokers <host:port,…>', 'Apache Kafka instead of the embedded log')
        .argParser(brokerList)
        .conflicts('store'),
    )
    .addOption(
      new Option('--broker-wait <time>', 'how long to wait for the brokers at start-up')
        .argParser(duration({ minMs: 0 }))
        .default(10_000, '10s'),
    )
    .option('--store <dir>', 'folder of the embedded log, which needs no server', '.dtstream')
    .option(...prefixOption);
}

/** `--prefix`, for commands that choose their log in another way as well. */
export const prefixOption = [
  '--prefix <name.>',
  'put this in front of the names of all topics and groups, such as alice.',
  namePrefix,
] as const;

/** Adds the flags with which a command deletes the topics that it writes before it starts. */
export function addRecreateFlags(command: Command, topics: string): Command {
  return command
    .option('--recreate-topics', `delete ${topics} in Kafka with all contents and create it again; asks first`, false)
    .option('--yes', 'delete without asking', false);
}

/** Name of the log that the flags select, even if it cannot be opened yet. */
export function logName({ brokers, store }: LogFlags): string {
  return brokers === undefined ? `embedded log ${store}` : `Kafka ${maskedAddress(brokers)}`;
}

/**
 * Opens the log that the flags name.
 *
 * @throws DtstreamError `store` or `transport` when it cannot be opened
 */
export async function openLog(console: Console, flags: LogFlags, options: OpenLogOptions = {}): Promise<Transport> {
  const { brokers, store, brokerWait, config, prefix } = flags;
  const { retentionPolicy, create, ...ofKafka } = options;
  if (brokers === undefined) {
    const { openEmbeddedLog } = await import('../../transport/embedded/embedded-log.js');
    return openEmbeddedLog({
      dir: store,
      ...(retentionPolicy === undefined ? {} : { retentionPolicy }),
      ...(create === undefined ? {} : { create }),
    });
  }
  const { openKafkaLog } = await import('../../transport/kafka/kafka-log.js');
  return openKafkaLog({ ...(await kafkaOptions(console, { brokers, brokerWait, config, prefix })), ...ofKafka });
}

/**
 * How the brokers that the flags name are reached.
 *
 * @throws DtstreamError `config` for invalid security settings
 */
export async function kafkaOptions(
  console: Console,
  flags: {
    readonly brokers: string;
    readonly brokerWait: number | undefined;
    readonly config: string | undefined;
    readonly prefix?: string | undefined;
  },
): Promise<KafkaLogOptions> {
  const { kafkaSecurity } = await import('./kafka-security.js');
  const { kafka } = await loadConfig(flags.config);
  return {
    brokers: brokersIn(flags.brokers) ?? [],
    security: await kafkaSecurity(console.env, kafka),
    onOutage: (text) => console.logLine(text),
    ...(flags.brokerWait === undefined ? {} : { connectWaitMs: flags.brokerWait }),
    ...(flags.prefix === undefined ? {} : { namePrefix: flags.prefix }),
  };
}

/** A list of brokers, which stays as it was given. A user and a password have no place in it. */
export function brokerList(list: string): string {
  if (brokersIn(list) !== undefined) return list;
  const hint = list.includes('@')
    ? '; put the user into DTSTREAM_KAFKA_USER and the password into DTSTREAM_KAFKA_PASSWORD'
    : '';
  throw new InvalidArgumentError(`must be host:port, several separated by commas${hint}.`);
}
