import type { ChamberState } from '../../../results/state-trend.js';
import type { StatesView } from '../../../views/detector/detector-view.js';
import type { Area } from '../../draw/canvas.js';
import { formatPeriod } from '../../draw/format.js';
import { drawHours } from '../../draw/hours-axis.js';
import type { Ink } from '../../draw/ink.js';
import { drawTitle } from '../../draw/line.js';
import type { Style } from '../../draw/style.js';
import { verdictInk } from '../frame/chamber-words.js';

/** Rows beside those of the chambers: title and hours. */
export const stateFrameRows = 2;
/** Columns left of the states. */
const nameWidth = 10;

/** Signs of the states, and of no message. */
const signs: Readonly<Record<ChamberState, string>> = { bad: '!', known: 'k', unknown: '?', ok: '·' };
const asciiOk = '.';

/** Columns that the states of so many steps take. */
export function stateStripsWidth(columns: number): number {
  return nameWidth + columns;
}

/** The worst state of each chamber in each step of some hours, a line a chamber, above the hours of the clock. */
export function drawStateStrips(area: Area, { chambers, columnS, endMs }: StatesView, style: Style): void {
  const columns = chambers.at(0)?.length ?? 0;
  const ok = style.ascii ? asciiOk : signs.ok;
  const meaning = `the worst in ${formatPeriod(columnS)}:  ! alarm  k known  ${ok} no alarm  ? not judged  blank: no message`;
  drawTitle(area, [{ text: ` state over ${formatPeriod(columns * columnS)}`, ink: 'strong' }, { text: meaning }]);
  chambers.forEach((states, chamber) => {
    const line = area.part({ x: 0, y: 1 + chamber, width: area.width, height: 1 });
    line.put(1, 0, `ch${chamber}`);
    drawRuns(line.part({ x: nameWidth, y: 0, width: columns, height: 1 }), states, ok);
  });
  drawHours(area.part({ x: nameWidth, y: 1 + chambers.length, width: columns, height: 1 }), { columnS, endMs });
}

function drawRuns(line: Area, states: readonly (ChamberState | undefined)[], ok: string): void {
  states.forEach((state, x) => {
    if (state === undefined) return;
    const ink: Ink = verdictInk({ state });
    line.put(x, 0, state === 'ok' ? ok : signs[state], ink);
  });
}
