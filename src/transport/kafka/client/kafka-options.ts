import type { Compression } from '../writing/compression.js';
import { OutageWatch } from './outage-watch.js';

export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
export type SaslMechanism = (typeof saslMechanisms)[number];

/** Connection security and credentials. Never logged. */
export interface KafkaSecurity {
  /** Certificates as PEM text; present = TLS. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string };
}

export interface KafkaLogOptions {
  /** `host:port`, one or more of the brokers. */
  readonly brokers: readonly string[];
  readonly security?: KafkaSecurity;
  /** Acknowledgements required for an append; default `all`. */
  readonly acks?: 'all' | '1' | '0';
  /** How records are packed that we write; default `none`. */
  readonly compression?: Compression;
  /** How long the brokers may be away at the start, ms; default 10,000. */
  readonly connectWaitMs?: number;
  /** In front of the names of groups that dtstream makes itself; default none. */
  readonly namePrefix?: string;
  /** How long they may be away later, ms in which this process runs; default 60,000. */
  readonly outageMs?: number;
  /** How often a group's topic is checked for added partitions, ms, in addition to each commit; default 60,000. */
  readonly topicLookMs?: number;
  /** Called once per outage when brokers are unreachable, and when it is over. */
  readonly onOutage?: (message: string) => void;
  /** Aborts when the user wants to end: nothing is then waited for longer than {@link stopWaitMs}. Default: never. */
  readonly stop?: AbortSignal;
  /** How long brokers that are away may keep an end waiting, ms; default 5,000. */
  readonly stopWaitMs?: number;
}

/** What connections are made with. Node would take a variable of the environment for the check of certificates. */
interface ResolvedKafkaSecurity extends Pick<KafkaSecurity, 'sasl'> {
  readonly tls?: NonNullable<KafkaSecurity['tls']> & { readonly rejectUnauthorized: true };
}

export type ResolvedKafkaOptions = Required<Omit<KafkaLogOptions, 'security'>> & {
  readonly security: ResolvedKafkaSecurity;
  /** Shared by all connections of the log. */
  readonly outages: OutageWatch;
};

export function resolveKafkaOptions({ security = {}, ...options }: KafkaLogOptions): ResolvedKafkaOptions {
  const { tls, ...rest } = security;
  const checked: ResolvedKafkaSecurity =
    tls === undefined ? rest : { ...rest, tls: { ...tls, rejectUnauthorized: true } };
  const resolved = {
    security: checked,
    acks: 'all',
    compression: 'none',
    connectWaitMs: 10_000,
    namePrefix: '',
    outageMs: 60_000,
    topicLookMs: 60_000,
    onOutage: () => undefined,
    stop: new AbortController().signal,
    stopWaitMs: 5000,
    ...options,
  } as const;
  const { onOutage: say, stop, stopWaitMs: stopMs } = resolved;
  return { ...resolved, outages: new OutageWatch({ say, stop, stopMs }) };
}
