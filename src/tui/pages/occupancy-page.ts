import type { Area } from '../draw/canvas.js';
import { drawEnlargedOccupancy } from '../panels/occupancy/enlarged-occupancy.js';
import { drawFurthest, listWithHours } from '../panels/occupancy/furthest-list.js';
import { channelLayout, drawOccupancyPanel, frameRows, scaleWidth } from '../panels/occupancy/occupancy-panel.js';
import { firstShown } from './first-shown.js';
import type { PageInput } from './page.js';

/** Rows that the bars of a chamber have at least and, where there are more, at most. */
const barRowsMin = 2;
const barRowsMax = 24;
/** Rows of a panel from which one of them separates it from the next. */
const rowsWithGap = 7;
/** Width from which the furthest channels stand beside the bars, and that of the bars there. */
const listMin = 110;
const listWidthMin = 36;
/** Widest that the list gets. */
const listWidthMax = 56;

/** Hits by channel of each chamber, and beside them the channels that are furthest from what is expected. */
export function drawOccupancyPage(area: Area, input: PageInput): number {
  const { detector, view } = input;
  const { chambers } = detector;
  if (chambers.length === 0) return 0;
  if (view.choices.isEnlarged) return drawEnlargedOccupancy(area, input);
  const channels = Math.max(...chambers.map((panel) => panel.channels));
  const hasList = area.width >= listMin;
  const whole = hasList ? area.width - listWidthMin - 2 : area.width;
  const { lines, perLine, columnWidth } = channelLayout(whole, channels);
  const heightMin = 1 + lines * (barRowsMin + 1);
  const count = Math.max(1, Math.min(chambers.length, Math.floor(area.height / heightMin)));
  const height = Math.min(Math.floor(area.height / count), barRowsMax + frameRows);
  const used = height >= rowsWithGap && count > 1 ? height - 1 : height;
  const first = firstShown(chambers.length, count, view.choices.chamber);
  const barsWidth = scaleWidth + perLine * columnWidth;
  chambers.slice(first, first + count).forEach((panel, index) => {
    const y = index * height;
    const width = hasList ? barsWidth : area.width;
    drawOccupancyPanel(area.part({ x: 0, y, width, height: used }), panel, input);
    if (!hasList) return;
    const x = barsWidth + 2;
    const room = area.width - x;
    const list = area.part({ x, y, width: room < listWithHours ? Math.min(listWidthMax, room) : room, height: used });
    drawFurthest(list, panel, { rows: used - frameRows, input });
  });
  return count;
}
