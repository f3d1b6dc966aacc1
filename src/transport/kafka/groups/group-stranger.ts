import type { BrokerClient } from '../client/broker-client.js';
import { protocolName } from './member-protocol.js';
import { consumerGroupApi, consumerGroupStateRequest, type DescribedGroup } from '../protocol/inspection-requests.js';

/** States in which a group has no members. */
const emptyStates: readonly string[] = ['Empty', 'Dead'];

/**
 * Another program that uses a group: `a classic consumer (range), kafka-console-consumer at 10.0.0.7`, or one with the newer
 * group protocol (KIP-848), which classic members do not see.
 */
export async function strangerIn(
  client: BrokerClient,
  group: string,
  { protocolType, protocol, members }: DescribedGroup,
): Promise<string | undefined> {
  if (members.length > 0) {
    if (protocol === protocolName || (protocol === '' && protocolType === 'consumer')) return undefined;
    const [{ clientId, host }] = members;
    const kind = protocolType === 'consumer' ? `a classic consumer (${protocol})` : `a member of type ${protocolType}`;
    return `${kind}, ${clientId} at ${host.replace(/^\//, '')}`;
  }
  const broker = await client.coordinator('group', group);
  if (broker.versions?.[consumerGroupApi.key] === undefined) return undefined;
  const { errorCode, state } = await client.send(broker, consumerGroupStateRequest(group));
  return errorCode === 0 && !emptyStates.includes(state)
    ? 'a consumer with the newer group protocol (KIP-848)'
    : undefined;
}
