import { DtstreamError } from '../../errors.js';

/** Where a broker listens; the host of an IPv6 address is without brackets. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

const pattern = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|([^\s:,/@[\]]+)):(\d{1,5})$/;
const portMax = 65_535;

/**
 * Addresses of a list as `host:port,[::1]:9092`.
 *
 * @returns each as `host:port`
 * @throws DtstreamError `usage` for a list that is none; what may be a password in it is not shown
 */
export function parseBrokerList(list: string): string[] {
  const brokers = list.split(',').map((broker) => broker.trim());
  for (const broker of brokers) {
    const port = Number(pattern.exec(broker)?.[3]);
    if (port >= 1 && port <= portMax) continue;
    const hint = list.includes('@') ? '; a user goes into DTSTREAM_KAFKA_USER, a password into _PASSWORD' : '';
    throw new DtstreamError(
      'usage',
      `--brokers must be host:port, several apart by commas, got ${maskedBrokers(list)}${hint}`,
    );
  }
  return brokers;
}

/** A list of brokers without the users and passwords that it may hold by mistake. */
export function maskedBrokers(list: string): string {
  // A password may hold commas and colons: all up to the last @ may be one.
  return list.replace(/^.*@/s, '********@');
}

/** @param broker `host:port` that was checked before */
export function brokerAddressOf(broker: string): BrokerAddress {
  const [, ipv6, host, port] = pattern.exec(broker) ?? [];
  return { host: ipv6 ?? host, port: Number(port) };
}

/** `host:port`, with brackets around an IPv6 address. */
export function addressText({ host, port }: BrokerAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * An address as kafkajs takes one, which splits it at the first colon: those of an IPv6 address are written as semicolons
 * until {@link decodeHost} reads them.
 */
export function encodeSeed(broker: string): string {
  const { host, port } = brokerAddressOf(broker);
  return `${host.replaceAll(':', ';')}:${port}`;
}

/** The host that {@link encodeSeed} wrote, or any other as it is. */
export function decodeHost(host: string): string {
  return host.replaceAll(';', ':');
}
