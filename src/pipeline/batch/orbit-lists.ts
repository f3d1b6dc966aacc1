import { channelsOfEntry, type OrbitDetail, orbitOfEntry } from '../../compute/orbit-detail.js';
import type { BatchMessage } from '../../domain/batch-message.js';

/** The active channels of the orbits of each chamber, one ascending list a chamber; empty = no lists. */
export type OrbitLists = readonly OrbitDetail[];

/** The lists as a message has them. */
export function listedOrbits(lists: OrbitLists): BatchMessage['active_tdc_chamber'] {
  return Object.fromEntries(
    lists.map((list, chamber) => {
      const hist_counts = Array.from(list, channelsOfEntry);
      return [String(chamber), { bin_edges: Array.from(list, orbitOfEntry), hist_counts }];
    }),
  );
}

const listsStart = (chamber: number): string => `${chamber === 0 ? '' : ','}"${chamber}":{"bin_edges":[`;
const listsMiddle = '],"hist_counts":[';
const listsEnd = ']}';

/** Bytes of the JSON of {@link listedOrbits}. */
export function listsJsonBytes(lists: OrbitLists): number {
  let bytes = 2;
  lists.forEach((list, chamber) => {
    bytes += listsStart(chamber).length + listsMiddle.length + listsEnd.length + Math.max(0, 2 * list.length - 2);
    let digits = 1;
    let power = 10;
    for (let index = 0; index < list.length; index++) {
      for (const orbit = orbitOfEntry(list[index]); orbit >= power; power *= 10) digits++;
      bytes += digits + (channelsOfEntry(list[index]) < 10 ? 1 : 2);
    }
  });
  return bytes;
}

/**
 * Writes the JSON of {@link listedOrbits}, byte for byte, without an object or a text on the way: it is most of a message.
 *
 * @param start where its {@link listsJsonBytes} go
 * @returns where the next byte goes
 */
export function writeListsJson(bytes: Buffer, start: number, lists: OrbitLists): number {
  let at = start;
  const write = (text: string): void => {
    at += bytes.write(text, at, 'latin1');
  };
  write('{');
  lists.forEach((list, chamber) => {
    write(listsStart(chamber));
    at = writeOrbits(bytes, at, list);
    write(listsMiddle);
    at = writeChannels(bytes, at, list);
    write(listsEnd);
  });
  write('}');
  return at;
}

const comma = 0x2c;
const zero = 0x30;

/** Writes ascending numbers with commas between them, and returns where the next byte goes. */
function writeOrbits(bytes: Buffer, start: number, list: OrbitDetail): number {
  let at = start;
  let digits = 1;
  let power = 10;
  for (let index = 0; index < list.length; index++) {
    if (index > 0) bytes[at++] = comma;
    let rest = orbitOfEntry(list[index]);
    for (; rest >= power; power *= 10) digits++;
    for (let place = at + digits - 1; place >= at; place--) {
      const tenth = Math.floor(rest / 10);
      bytes[place] = zero + rest - 10 * tenth;
      rest = tenth;
    }
    at += digits;
  }
  return at;
}

/** The same for active channels, of two digits at most. */
function writeChannels(bytes: Buffer, start: number, list: OrbitDetail): number {
  let at = start;
  for (let index = 0; index < list.length; index++) {
    if (index > 0) bytes[at++] = comma;
    const channels = channelsOfEntry(list[index]);
    const tens = Math.floor(channels / 10);
    if (tens > 0) bytes[at++] = zero + tens;
    bytes[at++] = zero + channels - 10 * tens;
  }
  return at;
}
