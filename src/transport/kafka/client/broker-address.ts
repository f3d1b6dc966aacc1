/** Where a broker listens; the host of an IPv6 address is without brackets. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

const pattern = /^(?:\[([0-9a-fA-F:.]+(?:%[\w.-]+)?)\]|([^\s:,/@[\]]+)):(\d{1,5})$/;
const portMax = 65_535;

/** The addresses of a list such as `host:port,[::1]:9092`, each as `host:port`; undefined for a list that is none. */
export function brokersIn(list: string): string[] | undefined {
  const brokers = list.split(',').map((broker) => broker.trim());
  const isAddress = (broker: string): boolean => {
    const port = Number(pattern.exec(broker)?.[3]);
    return port >= 1 && port <= portMax;
  };
  return brokers.every(isAddress) ? brokers : undefined;
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
