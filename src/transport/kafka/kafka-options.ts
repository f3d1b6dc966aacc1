import type { Compression } from './compression.js';

export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
export type SaslMechanism = (typeof saslMechanisms)[number];

/** How connections are protected and who we are. Never logged. */
export interface KafkaSecurity {
  /** Certificates as PEM text; present = TLS. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string };
}

export interface KafkaLogOptions {
  /** `host:port`, one or more of the brokers. */
  readonly brokers: readonly string[];
  readonly security?: KafkaSecurity;
  /** Who confirms an append; default `all`. */
  readonly acks?: 'all' | '1' | '0';
  /** How records are packed that we write; default `none`. */
  readonly compression?: Compression;
  /** How long the brokers may be away at the start, ms; default 10,000. */
  readonly connectWaitMs?: number;
  /** How long they may be away later, ms; default 60,000. */
  readonly outageMs?: number;
  /** How often a group's topic is looked at for partitions that were added, ms, beside each commit; default 60,000. */
  readonly topicLookMs?: number;
  /** Says, once an outage, that the brokers are away and tried again. */
  readonly onOutage?: (message: string) => void;
}

/** What connections are made with. Node would take a variable of the environment for the check of certificates. */
export interface ResolvedKafkaSecurity extends Pick<KafkaSecurity, 'sasl'> {
  readonly tls?: NonNullable<KafkaSecurity['tls']> & { readonly rejectUnauthorized: true };
}

export type ResolvedKafkaOptions = Required<Omit<KafkaLogOptions, 'security'>> & {
  readonly security: ResolvedKafkaSecurity;
};

export function resolveKafkaOptions({ security = {}, ...options }: KafkaLogOptions): ResolvedKafkaOptions {
  const { tls, ...rest } = security;
  return {
    security: tls === undefined ? rest : { ...rest, tls: { ...tls, rejectUnauthorized: true } },
    acks: 'all',
    compression: 'none',
    connectWaitMs: 10_000,
    outageMs: 60_000,
    topicLookMs: 60_000,
    onOutage: () => undefined,
    ...options,
  };
}
