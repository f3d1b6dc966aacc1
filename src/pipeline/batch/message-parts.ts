import { channelsOfEntry, type OrbitDetail, orbitOfEntry } from '../../compute/orbit-detail.js';
import { slotOf } from '../../domain/slot.js';

/** A part of a batch that becomes a message. */
export interface MessagePart {
  /** Last slot of the part; whatever follows up to the next part belongs to it as well. */
  lastSlot: number;
  /** Whether its orbits fit into a message. */
  readonly isListed: boolean;
}

/** The lists of a batch as JSON. */
export interface ListBytes {
  /** Bytes by slot, with a comma after every value. */
  readonly bySlot: ReadonlyMap<number, number>;
  readonly total: number;
}

/**
 * How long the lists of active channels would be, without writing them.
 *
 * @param detail by chamber
 * @param orbitFirst first orbit listed; all lie less than 2^32 behind it
 */
export function listBytes(detail: readonly (readonly OrbitDetail[])[], orbitFirst: number): ListBytes {
  const bySlot = new Map<number, number>();
  let commas = 0;
  for (const parts of detail) {
    if (parts.some(({ length }) => length > 0)) commas += 2;
    for (const part of parts) addPart(bySlot, part, orbitFirst);
  }
  const sum = [...bySlot.values()].reduce((total, bytes) => total + bytes, 0);
  return { bySlot, total: sum - commas };
}

/** As few parts as possible of at most so many bytes each. Slots that are larger become parts without lists. */
export function messageParts(bySlot: ListBytes['bySlot'], bytesMax: number): MessagePart[] {
  const parts: MessagePart[] = [];
  let bytes = 0;
  for (const [slot, more] of [...bySlot].sort(([a], [b]) => a - b)) {
    const last = parts.at(-1);
    const isListed = more <= bytesMax;
    if (last?.isListed !== isListed || (isListed && bytes + more > bytesMax)) {
      parts.push({ lastSlot: slot, isListed });
      bytes = more;
    } else {
      last.lastSlot = slot;
      bytes += more;
    }
  }
  return parts;
}

/** Adds the bytes of one list, whose raw orbits ascend: most of them are of the slot of the one before. */
function addPart(bySlot: Map<number, number>, part: OrbitDetail, orbitFirst: number): void {
  const rawFirst = orbitFirst % 2 ** 32;
  let slotAt = 0;
  let slotRaw = NaN;
  let bytes = 0;
  let orbitDigits = 1;
  let power = 10;
  for (let index = 0; index < part.length; index++) {
    const orbit = orbitOfEntry(part[index]);
    if (slotOf(orbit) !== slotRaw) {
      if (bytes > 0) bySlot.set(slotAt, (bySlot.get(slotAt) ?? 0) + bytes);
      slotRaw = slotOf(orbit);
      slotAt = slotOf(orbitFirst + ((orbit - rawFirst) >>> 0));
      bytes = 0;
    }
    for (; orbit >= power; power *= 10) orbitDigits++;
    bytes += orbitDigits + (channelsOfEntry(part[index]) < 10 ? 3 : 4);
  }
  if (bytes > 0) bySlot.set(slotAt, (bySlot.get(slotAt) ?? 0) + bytes);
}
