import type { Area } from '../draw/canvas.js';

const lines: readonly (readonly [string, string])[] = [
  ['1 2 3', 'overview, channels, orbits; Tab cycles'],
  ['space', 'freeze the display; the sums go on'],
  ['?', 'this page; any key leaves it'],
  ['q', 'quit, or Ctrl-C; Ctrl-Z stops, Ctrl-L redraws'],
  ['old', 'age of the newest batch since it closed'],
  ['lag', 'rows that process has not read: = steady + more'],
  ['rows', 'rows read = hits + ... + open, always'],
  ['open', 'rows of orbits that may still get hits'],
  ['dropped', 'ancillary rows, channels of no chamber'],
  ['rejected', 'malformed rows, stored with the reason'],
  ['late', 'hits after their orbit was published'],
  ['active', 'distinct channels hit in one orbit'],
  ['2 ch/col', 'one column is the sum of 2 channels'],
];

/**
 * The keys and the words on the screen.
 *
 * @param head what is shown, below them where there is room
 */
export function drawHelpPage(area: Area, head: readonly string[]): void {
  const shown = area.height >= lines.length + 2 ? ['dtstream watch', '', ...lines] : lines;
  shown.forEach((line, y) => {
    if (typeof line === 'string') {
      area.put(2, y, line, 'strong');
      return;
    }
    area.put(2, y, line[0], 'strong');
    area.put(12, y, line[1]);
  });
  if (shown.length + 1 + head.length > area.height) return;
  head.forEach((line, index) => area.put(2, shown.length + 1 + index, line));
}
