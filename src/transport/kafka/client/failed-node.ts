import { type BrokerAddress, addressText, decodeHost } from './broker-address.js';
import { troubleWords } from './connection-trouble.js';
import { connectionTrouble, failedAddress } from './kafka-error.js';
import type { OutageWatch } from './outage-watch.js';

/** A broker as the cluster names it. */
export interface ClusterNode extends BrokerAddress {
  readonly nodeId: number;
}

/** Of a broker, for messages: `broker 2 (10.0.0.2:9092)`. */
export function brokerText(node: ClusterNode): string {
  return `broker ${node.nodeId} (${addressText(node)})`;
}

/** The broker whose connection failed, where it is one that the cluster has named. */
export function failedNode(nodes: readonly ClusterNode[], error: unknown): ClusterNode | undefined {
  const address = readableAddress(failedAddress(error) ?? '');
  if (connectionTrouble(error) === undefined || address === '') return undefined;
  return nodes.find((node) => addressText(node) === address);
}

/** Why a connection to a broker of the cluster failed; undefined for all other failures, which say it themselves. */
export function failedNodeText(
  nodes: readonly ClusterNode[],
  error: unknown,
  outages: Pick<OutageWatch, 'wasReached'>,
): string | undefined {
  const node = failedNode(nodes, error);
  const trouble = connectionTrouble(error);
  if (node === undefined || trouble === undefined) return undefined;
  const own = addressText(node);
  const words = troubleWords[trouble];
  if (outages.wasReached(own)) return `${brokerText(node)} is unreachable (${words})`;
  const other = nodes.map(addressText).find((address) => address !== own && outages.wasReached(address));
  const others = other === undefined ? '' : `, while ${other} does`;
  return `broker ${node.nodeId} advertises ${own}, which does not answer (${words})${others}: see its advertised.listeners`;
}

/** An address as kafkajs writes it, in the usual form. */
export function readableAddress(address: string): string {
  const colon = address.lastIndexOf(':');
  if (colon < 0) return '';
  return addressText({ host: decodeHost(address.slice(0, colon)), port: Number(address.slice(colon + 1)) });
}
