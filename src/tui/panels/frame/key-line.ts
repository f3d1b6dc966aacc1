import type { Page, View } from '../../pages/view.js';

/** A key of the last line: its name, what it does in short and in full, and how long it stays: 0 stays longest. */
type Key = readonly [name: string, short: string, long: string, rank: number];

const help: Key = ['?', 'help', 'help', 0];
const quit: Key = ['q', '', 'quit', 1];
const freeze: Key = ['space', 'freeze', 'freeze', 2];
const enlarge: Key = ['e', 'enlarge', 'enlarge', 4];
const find: Key = ['/', 'find', 'find', 3];
const windowKey: Key = ['c', 'window', 'window', 5];
const scrub: Key = ['[ ]', 'scrub', 'scrub', 7];
const log: Key = ['l', 'log', 'log', 6];
const reference: Key = ['o', 'ref', 'reference', 6];
const gate: Key = ['g', 'gate', 'gate', 9];
const zoom: Key = ['+ -', 'zoom', 'zoom', 8];
const mark: Key = ['m', 'mark', 'mark', 10];
const save: Key = ['s', 'save', 'save', 10];

/** The keys that act on each page, in the order in which they are said. */
const keysOfPage: Readonly<Record<Page, readonly Key[]>> = {
  overview: [help, freeze, scrub, windowKey, zoom, log, reference, mark, save, enlarge, find, quit],
  occupancy: [help, freeze, scrub, windowKey, log, reference, gate, ['y', 'scale', 'scale', 8], enlarge, find, quit],
  activity: [help, freeze, scrub, windowKey, zoom, reference, mark, save, enlarge, find, quit],
  timing: [help, freeze, scrub, windowKey, reference, mark, save, enlarge, find, quit],
  cells: [
    help,
    freeze,
    scrub,
    windowKey,
    ['v', 'rate/ratio', 'rate or ratio', 5],
    gate,
    reference,
    enlarge,
    find,
    quit,
  ],
  health: [
    ...[help, ['up down', 'select', 'select', 4], ['a', 'acknowledge', 'acknowledge', 2]],
    ...[['K', 'known + note', 'known, with a note', 3], ['n', 'go there', 'go there', 5], mark, save],
    ...[['w', 'report', 'write report', 9], quit],
  ] as readonly Key[],
};

const back: Key = ['Esc', 'back', 'back', 2];
const keysEnlarged: Readonly<Partial<Record<Page, readonly Key[]>>> = {
  overview: [help, back, windowKey, zoom, freeze, scrub, mark, save, quit],
  occupancy: [help, back, [', .', 'channel', 'channel', 3], log, reference, gate, find, windowKey, freeze, quit],
  timing: [help, back, windowKey, reference, freeze, quit],
  activity: [help, back, windowKey, zoom, reference, freeze, quit],
  cells: [
    help,
    back,
    [', .', 'channel', 'channel', 3],
    ['v', 'rate/ratio', 'rate or ratio', 5],
    gate,
    reference,
    find,
    windowKey,
    freeze,
    quit,
  ],
};

const keysFrozen: readonly Key[] = [
  ['[ ]', 'a message', 'a message', 2],
  ['{ }', 'a minute', 'a minute', 3],
  ['Home', 'oldest', 'oldest', 5],
  ['m', 'mark here', 'mark here', 6],
  ['s', 'save this', 'save this', 7],
  ['space', 'live', 'live', 0],
];

const keysSmall: readonly Key[] = [
  ['a', 'ack', 'acknowledge', 2],
  ['K', 'known', 'known, with a note', 3],
  ['n', 'next', 'next', 4],
  ['s', 'save', 'save', 5],
  quit,
];

/**
 * The keys that act on what is shown, as many as fit on a line.
 *
 * @param of.isSmall there is no room for a page
 */
export function keyLine(
  { page, help: isHelp, frozen, choices }: View,
  width: number,
  { isWide, isSmall }: { readonly isWide: boolean; readonly isSmall: boolean },
): string {
  const keys = isSmall
    ? keysSmall
    : isHelp
      ? [['?', 'back', 'back to the page', 0] as const, quit]
      : frozen !== undefined
        ? keysFrozen
        : ((choices.isEnlarged ? keysEnlarged[page] : undefined) ?? keysOfPage[page]);
  let kept = [...keys];
  const text = (): string => kept.map(([name, short, long]) => `${name} ${isWide ? long : short}`.trimEnd()).join('  ');
  while (kept.length > 0 && text().length + 1 > width) {
    const rankMax = Math.max(...kept.map(([, , , rank]) => rank));
    const last = kept.findLastIndex(([, , , rank]) => rank === rankMax);
    kept = kept.filter((_, index) => index !== last);
  }
  return kept.length === 0 ? '' : ` ${text()}`;
}
