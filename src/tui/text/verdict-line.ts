import { alarmRows } from '../../views/detector/verdict-view.js';
import type { AlarmRow, QualityPicture } from '../../views/detector/verdicts.js';

/** Why no alarm stands: there is none, or nothing is judged. */
export function noAlarmText(picture: QualityPicture | undefined): string {
  return picture?.unjudged ?? (isJudged(picture) ? 'no alarm' : 'no verdicts: too few data');
}

/**
 * What is wrong with the detector, in a line: `verdict  2:17 dead, 0:5 hot; known 1:44`, `verdict  ok`, and a question
 * mark where nothing is judged.
 *
 * @param width columns there are; alarms that find no room are counted
 */
export function verdictLine(picture: QualityPicture | undefined, width: number): string {
  const rows = picture === undefined ? [] : alarmRows(picture).filter(({ state }) => state !== 'GONE');
  const isKnown = ({ state }: AlarmRow): boolean => state === 'KNOWN';
  const bad = rows.filter((row) => !isKnown(row)).map(({ objectText, fault }) => `${objectText} ${fault}`);
  const known = rows.filter(isKnown).map(({ objectText }) => objectText);
  if (rows.length === 0 && !isJudged(picture)) {
    return `verdict  ? ${picture?.unjudged ?? 'too few data'}`;
  }
  const knownText = (shown: number): string => (known.length === 0 ? '' : `; ${listText('known ', ' ', known, shown)}`);
  const text = (shown: number, shownKnown: number): string =>
    `verdict  ${bad.length === 0 ? 'ok' : listText('', ', ', bad, shown)}${knownText(shownKnown)}`;
  for (let shown = bad.length; shown > 0; shown--) {
    const fitting = [known.length, 0].map((of) => text(shown, of)).find((one) => one.length <= width);
    if (fitting !== undefined) return fitting;
  }
  for (let shown = known.length; shown > 0; shown--) {
    if (text(0, shown).length <= width) return text(0, shown);
  }
  return text(0, 0);
}

/** The first of a list, and how many more there are; where none is shown, how many there are. */
function listText(name: string, between: string, list: readonly string[], shown: number): string {
  const more = list.length - shown;
  if (shown === 0) return name === '' ? `${list.length} alarms` : `${list.length} ${name.trim()}`;
  return `${name}${list.slice(0, shown).join(between)}${more === 0 ? '' : ` +${more}`}`;
}

function isJudged(picture: QualityPicture | undefined): boolean {
  return picture?.states.some(({ state }) => state === 'OK' || state === 'ALARM') === true;
}
