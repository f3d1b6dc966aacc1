import { AssignerProtocol } from 'kafkajs';
import { z } from 'zod';
import type { LaneAssignment, MemberClaim } from './lane-assigner.js';

/** Name of our way to share lanes out; all members of a group use the same. */
export const protocolName = 'dtstream-lanes';

const claimSchema = z.object({ lanes: z.int(), held: z.array(z.int()), released: z.array(z.int()) });
const assignmentSchema = z.object({ lanes: z.array(z.int()), refused: z.string().optional() });

/** A claim in the form that tools for groups can read: the topic as a subscription, our own part as user data. */
export function encodeClaim({ topic, lanes, held, released }: Omit<MemberClaim, 'memberId'>): Buffer {
  const userData = Buffer.from(JSON.stringify({ lanes, held, released }));
  return AssignerProtocol.MemberMetadata.encode({ version: 1, topics: [topic], userData });
}

/** @throws when the metadata is not ours */
export function decodeClaim(memberId: string, metadata: Buffer): MemberClaim {
  const decoded = AssignerProtocol.MemberMetadata.decode(metadata);
  const own = claimSchema.parse(JSON.parse(decoded?.userData.toString() ?? ''));
  return { memberId, topic: decoded?.topics[0] ?? '', ...own };
}

/** Topics that a member of any group subscribes to, as far as it says. */
export function subscribedTopics(metadata: Buffer): readonly string[] {
  try {
    return AssignerProtocol.MemberMetadata.decode(metadata)?.topics ?? [];
  } catch {
    return [];
  }
}

export function encodeAssignment(
  assignment: LaneAssignment,
  { topic, partitionsOf }: { readonly topic: string; readonly partitionsOf: (lane: number) => readonly number[] },
): Buffer {
  const partitions = assignment.lanes.flatMap(partitionsOf);
  return AssignerProtocol.MemberAssignment.encode({
    version: 1,
    assignment: { [topic]: partitions },
    userData: Buffer.from(JSON.stringify(assignment)),
  });
}

export function decodeAssignment(bytes: Buffer): LaneAssignment {
  if (bytes.length === 0) return { lanes: [] };
  const { lanes, refused } = assignmentSchema.parse(
    JSON.parse(AssignerProtocol.MemberAssignment.decode(bytes)?.userData.toString() ?? ''),
  );
  return { lanes, ...(refused === undefined ? {} : { refused }) };
}
