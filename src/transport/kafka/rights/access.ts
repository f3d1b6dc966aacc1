import { errorType, protocolError, refusal, throwOnCode } from '../client/kafka-error.js';
import type { BrokerClient } from '../client/broker-client.js';
import {
  describeClusterRequest,
  describeGroupRequest,
  type Operation,
  operationBits,
} from '../protocol/inspection-requests.js';

/** The allowed operations of a user on a resource. */
export type Allowed = ReadonlySet<Operation>;

/** The operations of an access list that a broker has put into bits. */
export function allowedOf(bits: number): Allowed {
  const entries = Object.entries(operationBits) as [Operation, number][];
  return new Set(entries.filter(([, bit]) => ((bits >>> bit) & 1) === 1).map(([operation]) => operation));
}

/** Whether an error code says that the user may not do something. */
export function isAuthorizationCode(errorCode: number): boolean {
  return errorCode !== 0 && isAuthorizationError(protocolError(errorCode));
}

export function isAuthorizationError(error: unknown): boolean {
  return errorType(error)?.endsWith('AUTHORIZATION_FAILED') === true;
}

/**
 * Asks before anything is done whether the user may use topics; one that does not exist passes.
 *
 * @throws naming the topic and the operations that are missing
 */
export async function checkTopicAccess(
  client: BrokerClient,
  needs: ReadonlyMap<string, readonly Operation[]>,
): Promise<void> {
  const { topics } = await client.send(await client.anyBroker(), describeClusterRequest([...needs.keys()]));
  for (const { name, errorCode, allowed } of topics) {
    const needed = needs.get(name) ?? [];
    if (isAuthorizationCode(errorCode)) throw missingRight(needed, `topic ${name}`);
    if (errorCode !== 0) continue;
    const may = allowedOf(allowed);
    const lacking = needed.filter((operation) => !may.has(operation));
    if (lacking.length > 0) throw missingRight(lacking, `topic ${name}`);
  }
}

/** The same for a group. @param shown its name in messages, where another one says more */
export async function checkGroupAccess(
  client: BrokerClient,
  group: string,
  needed: readonly Operation[],
  shown = group,
): Promise<void> {
  try {
    const described = await client.send(await client.coordinator('group', group), describeGroupRequest(group));
    throwOnCode(described.errorCode);
    const may = allowedOf(described.allowed);
    const lacking = needed.filter((operation) => !may.has(operation));
    if (lacking.length > 0) throw missingRight(lacking, `group ${shown}`);
  } catch (error) {
    throw isAuthorizationError(error) ? missingRight(needed, `group ${shown}`) : error;
  }
}

/** That the user may not do something with a topic or a group, by name. */
export function missingRight(operations: readonly Operation[], what: string): Error {
  const names = operations.map((one) => one[0].toUpperCase() + one.slice(1)).join(' and ');
  return refusal(`the user may not use ${what}: ${names} is missing`);
}
