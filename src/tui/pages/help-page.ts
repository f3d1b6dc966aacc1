import type { Area } from '../draw/canvas.js';
import type { Page } from './view.js';

/** A key, what it does, and the same in fewer words; without those a small screen leaves it out. */
type KeyHelp = readonly [key: string, does: string, short?: string];

const groups: readonly { readonly title: string; readonly keys: readonly KeyHelp[] }[] = [
  {
    title: 'PAGES',
    keys: [
      ['1-6 Tab', 'page; Left and Right, too', 'page'],
      ['Up Down', 'choose a chamber, an alarm', 'choose chamber'],
      ['e Enter', 'enlarge; Esc goes back', 'enlarge; Esc back'],
      [', .', 'channel left, right'],
      ['/', 'find 2:17, layer 2 cell 4', 'find 2:17'],
    ],
  },
  {
    title: 'TIME',
    keys: [
      ['space f', 'freeze, live; all is counted', 'freeze, live'],
      ['[ ]', 'a message back, on', 'a message back, on'],
      ['{ }', 'a minute back, on'],
      ['Home End', 'oldest, live'],
      ['+ -', 'longer, shorter window', 'time zoom'],
      ['c', 'last batch, last, mark, start', 'window'],
      ['m', 'mark this moment with a text', 'mark with a text'],
      ['r', 'count from here: mark, window'],
      ['u', 'undo m or r'],
    ],
  },
  {
    title: 'DRAWING',
    keys: [
      ['l', 'logarithmic scale', 'log scale'],
      ['y', 'full bar: robust, max, same'],
      ['o', 'reference: over, ratio, off', 'reference'],
      ['g', 'all hits, hits by trigger', 'hits by trigger'],
      ['v', 'cells: rate, ratio'],
    ],
  },
  {
    title: 'ALARMS',
    keys: [
      ['n', 'go to the next one', 'next alarm'],
      ['a A', 'acknowledge it, all shown', 'acknowledge'],
      ['K', 'known to be bad, with a note', 'known, with a note'],
      ['b', 'bell on, off'],
    ],
  },
  {
    title: 'OTHERS',
    keys: [
      ['s', 'save a snapshot: JSON, text', 'save a snapshot'],
      ['w', 'write the shift report', 'shift report'],
      ['T', 'colours: 256, 16, none'],
      ['? h', 'help; any key leaves it', 'help'],
      ['q', 'quit; Ctrl-L draws anew', 'quit'],
    ],
  },
];

/** What a page answers, and how its signs are read. */
const pageHelp: Readonly<Record<Page, readonly string[]>> = {
  overview: [
    'OVERVIEW  Is it live, and what is wrong?',
    '2 DEAD 1: chamber 2, a dead channel; BOX time box, EFF few tracks, ? unknown',
    'Rates are per live second of the detector; to ref: distance from the reference',
    'active: channels hit in an orbit, mean; box ns: width of the time box',
    'On a tall screen: the worst state of each chamber in each 5 min of the last 8 h',
  ],
  occupancy: [
    'OCCUPANCY  Which channel? Hits by channel of the window.',
    'x dead or weak   ^ hot, or above the scale   k known   + - beyond 3.4 sigma',
    'A line over a bar is the reference. Full bar: 1.25 x the 95th percentile.',
    'On a wide screen: 8 h of the furthest channels; half a bar is as expected',
  ],
  activity: [
    'ACTIVITY  Showers, noise, pauses?',
    'Bars: orbits with 1, 2, 3 ... active channels. Shades: the same against time.',
  ],
  timing: [
    'TIMING  Gas, high voltage, t0?',
    'Drift times of each chamber. [ ] edges of the time box: the wider, the slower',
    'the electrons drift. From 180 columns: beside it, all since the start',
  ],
  cells: [
    'CELLS  Where in space? Each chamber from the side.',
    'x dead or weak   ^ hot   k known   more shade: more hits',
  ],
  health: [
    'HEALTH  Who lives, what was lost?',
    'NEW nobody has seen   SEEN acknowledged   KNOWN bad, with a note   GONE over',
  ],
};

const words: readonly (readonly [string, string])[] = [
  ['alarm', 'a and K are for the one that n, Up or Down chose, else for the newest'],
  ['old', 'age of the newest batch since it closed'],
  ['lag', 'rows that process has not read: = steady, + growing, - shrinking'],
  ['x0.18', 'pace: live seconds of the detector per second of the clock'],
  ['rows', 'rows read = hits + scintillator + dropped + rejected + open, always'],
  ['open', 'rows of orbits that may still get hits'],
  ['dropped', 'ancillary rows, and channels of no chamber'],
  ['rejected', 'malformed rows, stored with the reason'],
  ['late', 'hits after their orbit was published'],
  ['active', 'distinct channels hit in one orbit'],
];

const keyWidth = 9;
const columnWidth = 39;

/**
 * Help of a page, all keys in groups and, where there is room, the words on the screen.
 *
 * @param head what is shown, below them where there is room
 */
export function drawHelpPage(area: Area, page: Page, head: readonly string[]): void {
  const columns = Math.max(1, Math.min(3, Math.floor(area.width / columnWidth)));
  const rows = rowsOf(columns);
  const about = pageHelp[page].slice(0, Math.max(0, area.height - rows));
  if (about.length === 0) {
    drawShort(area, pageHelp[page][0]);
    return;
  }
  about.forEach((text, y) => area.put(1, y, text, y === 0 ? 'strong' : 'plain'));
  const hasGap = about.length + rows < area.height;
  const top = about.length + (hasGap ? 1 : 0);
  drawGroups(area.part({ x: 0, y: top, width: area.width, height: rows }), rows);
  let y = top + rows + 1;
  if (y + words.length <= area.height) {
    words.forEach((entry, index) => drawEntry(area, y + index, entry));
    y += words.length + 1;
  }
  if (y + head.length <= area.height) head.forEach((line, index) => area.put(1, y + index, line));
}

/** Fewest rows in which the groups find room side by side, none of them cut. */
function rowsOf(columns: number): number {
  const heights = groups.map(({ keys }) => keys.length + 1);
  for (let rows = Math.max(...heights); ; rows++) {
    let [column, used] = [0, 0];
    for (const height of heights) {
      if (used + height > rows) [column, used] = [column + 1, 0];
      used += height;
    }
    if (column < columns) return rows;
  }
}

function drawGroups(area: Area, rows: number): void {
  let [x, y] = [0, 0];
  for (const { title, keys } of groups) {
    if (y + keys.length + 1 > rows) [x, y] = [x + columnWidth, 0];
    area.put(x + 1, y++, title, 'strong');
    for (const entry of keys) drawEntry(area.part({ x, y: y++, width: columnWidth, height: 1 }), 0, entry);
  }
}

/** The keys that a small screen needs, in as many columns as it takes. */
function drawShort(area: Area, about: string): void {
  const keys = groups.flatMap((group) =>
    group.keys.flatMap(([key, , short]) => (short === undefined ? [] : [[key, short] as const])),
  );
  const rows = Math.max(1, area.height - 1);
  const width = Math.floor(area.width / Math.max(1, Math.ceil(keys.length / rows)));
  area.put(1, 0, about, 'strong');
  keys.forEach((entry, index) => {
    const column = area.part({ x: Math.floor(index / rows) * width, y: 1, width, height: rows });
    drawEntry(column, index % rows, entry);
  });
}

function drawEntry(area: Area, y: number, [key, does]: KeyHelp): void {
  area.put(1, y, key, 'strong');
  area.put(1 + keyWidth, y, does);
}
