import { z } from 'zod';
import type { CommittedOffset } from '../../transport.js';
import { isProcessGone, type ProcessIdentity, processIdentitySchema } from '../door/process-identity.js';
import type { ReadView, WriteView } from '../store/store-env.js';
import {
  committedKey,
  committedKeyRange,
  leaseKey,
  leaseKeyRange,
  parseCommittedKey,
  parseLeaseKey,
  partitionsMax,
} from '../store/store-keys.js';
import { readStored } from '../store/stored-value.js';

/** The owner of a lane. */
export interface LaneOwner {
  /** Name of the member, and of its file in the `members` directory. */
  readonly member: string;
  readonly process: ProcessIdentity;
}

/** A lane of a group as it is stored. The epoch rises whenever the lane changes hands, and never falls. */
export interface Lease {
  readonly epoch: number;
  readonly topic: string;
  readonly lanes: number;
  readonly owner: LaneOwner | null;
}

const leaseSchema: z.ZodType<Lease> = z.object({
  epoch: z.int().min(0),
  topic: z.string(),
  lanes: z.int().min(1),
  owner: z
    .object({
      member: z.string(),
      process: processIdentitySchema,
    })
    .nullable(),
});
const committedSchema: z.ZodType<CommittedOffset> = z.object({ offset: z.int().min(0), metadata: z.string() });

function parseLease(group: string, lane: number, value: Uint8Array): Lease {
  return readStored(`the lease of lane ${lane} of group ${group}`, value, leaseSchema);
}

function parseCommitted(group: string, partition: number, value: Uint8Array): CommittedOffset {
  return readStored(`what group ${group} has committed of partition ${partition}`, value, committedSchema);
}

/** Whether a lane's owner still works: known to be gone, not heard of for the lease's time, or neither. */
export type OwnerState = 'gone' | 'silent' | 'alive';

export function readLease(view: ReadView, group: string, lane: number): Lease | undefined {
  const value = view.get(leaseKey(group, lane));
  return value && parseLease(group, lane, value);
}

export function writeLease(view: WriteView, group: string, lane: number, lease: Lease): void {
  view.put(leaseKey(group, lane), Buffer.from(JSON.stringify(lease)));
}

/** All leases, of one group or of all. */
export function leasesOf(view: ReadView, group?: string): { group: string; lane: number; lease: Lease }[] {
  const range = group === undefined ? leaseKeyRange : { start: leaseKey(group, 0), end: leaseKey(group, 0xffffffff) };
  return view.entries(range).map(({ key, value }) => {
    const owned = parseLeaseKey(key);
    return { ...owned, lease: parseLease(owned.group, owned.lane, value) };
  });
}

export function ownerState(owner: LaneOwner, isRecentlySeen: (member: string) => boolean): OwnerState {
  if (isProcessGone(owner.process)) return 'gone';
  return isRecentlySeen(owner.member) ? 'alive' : 'silent';
}

export function readCommitted(view: ReadView, group: string, topic: string): Map<number, CommittedOffset> {
  const range = { start: committedKey(group, topic), end: committedKey(group, topic, partitionsMax) };
  return new Map(
    view.entries(range).map(({ key, value }) => {
      const { partition } = parseCommittedKey(key);
      return [partition, parseCommitted(group, partition, value)];
    }),
  );
}

export function writeCommitted(
  view: WriteView,
  { group, topic }: { group: string; topic: string },
  offsets: ReadonlyMap<number, CommittedOffset>,
): void {
  for (const [partition, { offset, metadata }] of offsets) {
    view.put(committedKey(group, topic, partition), Buffer.from(JSON.stringify({ offset, metadata })));
  }
}

export function forgetCommitted(view: WriteView, group: string, topic: string): void {
  for (const partition of readCommitted(view, group, topic).keys()) view.remove(committedKey(group, topic, partition));
}

/** All (group, topic) pairs that have a commit or hold a lane, with what was committed. */
export function registeredGroups(
  view: ReadView,
  isRecentlySeen: (member: string) => boolean,
): { group: string; topic: string; committed: Map<number, CommittedOffset>; alive: boolean }[] {
  const groups = new Map<
    string,
    { group: string; topic: string; committed: Map<number, CommittedOffset>; alive: boolean }
  >();
  const entry = (group: string, topic: string): { committed: Map<number, CommittedOffset>; alive: boolean } => {
    const name = `${group}\0${topic}`;
    let found = groups.get(name);
    if (!found) groups.set(name, (found = { group, topic, committed: new Map(), alive: false }));
    return found;
  };
  for (const { key, value } of view.entries(committedKeyRange)) {
    const { group, topic, partition } = parseCommittedKey(key);
    entry(group, topic).committed.set(partition, parseCommitted(group, partition, value));
  }
  for (const { group, lease } of leasesOf(view)) {
    if (lease.owner && ownerState(lease.owner, isRecentlySeen) === 'alive') entry(group, lease.topic).alive = true;
  }
  return [...groups.values()];
}
