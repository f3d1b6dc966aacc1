import { AssignerProtocol } from 'kafkajs';
import { z } from 'zod';
import { DtstreamError } from '../../../errors.js';
import type { LaneAssignment, MemberClaim } from './lane-assigner.js';
import { FieldReader } from '../protocol/field-reader.js';

/** Name of our way to share lanes out; all members of a group use the same. */
export const protocolName = 'dtstream-lanes';

const lane = z.int().min(0);
const claimSchema = z.object({ lanes: z.int().min(1), held: z.array(lane), released: z.array(lane) });
const assignmentSchema = z.object({ lanes: z.array(lane), refused: z.string().optional() });

/** A claim in the form that tools for groups can read: the topic as a subscription, our own part as user data. */
export function encodeClaim({ topic, lanes, held, released }: Omit<MemberClaim, 'memberId'>): Buffer {
  const userData = Buffer.from(JSON.stringify({ lanes, held, released }));
  return AssignerProtocol.MemberMetadata.encode({ version: 1, topics: [topic], userData });
}

/** @throws DtstreamError `transport` when the metadata is not ours */
export function decodeClaim(memberId: string, metadata: Buffer): MemberClaim {
  return decoded(`the claim of member ${memberId}`, () => {
    const { topics, userData } = readSubscription(metadata);
    const own = claimSchema.parse(JSON.parse(userData.toString()));
    return { memberId, topic: topics[0] ?? '', ...own };
  });
}

/** Topics that a member of any group subscribes to, as far as it says. */
export function subscribedTopics(metadata: Buffer): readonly string[] {
  try {
    return readSubscription(metadata).topics;
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

/** @throws DtstreamError `transport` when the assignment is not ours */
export function decodeAssignment(bytes: Buffer): LaneAssignment {
  if (bytes.length === 0) return { lanes: [] };
  return decoded('our assignment', () => {
    const reader = new FieldReader(bytes);
    reader.int16(); // version
    reader.array(() => [reader.string(), reader.array(() => reader.int32())]);
    const { lanes, refused } = assignmentSchema.parse(JSON.parse(reader.bytes()?.toString() ?? ''));
    return { lanes, ...(refused === undefined ? {} : { refused }) };
  });
}

/**
 * What consumers of any kind say of themselves: version, topics, and data of their own, perhaps with more behind it. Not
 * by kafkajs, which goes back and forth without an end in a text whose length is negative.
 *
 * @throws RangeError when it is no such metadata
 */
function readSubscription(metadata: Buffer): { readonly topics: readonly string[]; readonly userData: Buffer } {
  const reader = new FieldReader(metadata);
  reader.int16(); // version
  const topics = reader.array(() => reader.string() ?? '');
  return { topics, userData: reader.bytes() ?? Buffer.alloc(0) };
}

/** Decodes what other members wrote. */
function decoded<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new DtstreamError('transport', `cannot read ${what}: it must be one of ${protocolName} of this version`, {
      cause,
    });
  }
}
