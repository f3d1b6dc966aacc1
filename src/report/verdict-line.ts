import type { AlarmRow } from '../views/detector/verdicts.js';
import type { ShiftReport } from './shift-report.js';
import { countText, listText } from './texts.js';

/** What is said of the whole part in its first line. */
export interface VerdictLine {
  readonly state: 'ok' | 'bad' | 'unknown';
  readonly text: string;
}

/** Objects that the line names. */
const namedMax = 6;

/** `Not well: 2:17 dead, 0:5 hot. 1 alarm is known, 1 is over.` */
export function verdictLine({ detector, notJudged }: Pick<ShiftReport, 'detector' | 'notJudged'>): VerdictLine {
  const of = (...states: readonly AlarmRow['state'][]): AlarmRow[] =>
    detector.alarms.filter(({ state }) => states.includes(state));
  const [bad, known, gone] = [of('NEW', 'SEEN'), of('KNOWN'), of('GONE')];
  const rest = [
    ...(known.length === 0 ? [] : [`${alarmsText(known.length)} known`]),
    ...(gone.length === 0 ? [] : [`${alarmsText(gone.length)} over`]),
  ];
  const others = rest.length === 0 ? '' : ` ${listText(rest)}.`;
  if (bad.length > 0) {
    // Several tests may find the same.
    const faults = [...new Set(bad.map(({ objectText, fault }) => `${objectText} ${fault}`))];
    const more = faults.length > namedMax ? ` and ${countText(faults.length - namedMax)} more` : '';
    return { state: 'bad', text: `Not well: ${faults.slice(0, namedMax).join(', ')}${more}.${others}` };
  }
  const judged = detector.chambers.filter(({ verdict }) => verdict.state !== 'unknown').length;
  if (notJudged.length > 0 || judged === 0)
    return { state: 'unknown', text: `Not judged. ${notJudged.join(' ')}${others}` };
  const all =
    judged === detector.chambers.length ? 'all chambers' : `${judged} of ${detector.chambers.length} chambers`;
  return { state: 'ok', text: `Well: no alarm stands that is not known, in ${all}.${others}` };
}

function alarmsText(count: number): string {
  return count === 1 ? '1 alarm is' : `${countText(count)} alarms are`;
}
