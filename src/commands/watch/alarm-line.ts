import { alarmWords, remarkWords } from '../quality/words.js';
import type { AlarmNews } from './watch-quality.js';

/** `# ALARM raised channel 1:37: rate too low: 0 Hz, 4.9 Hz expected, since … UTC [id]`: no line of a message begins so. */
export function alarmLine({ what, alarm, remark }: AlarmNews): string {
  const said = remark === undefined ? '' : ` ${remarkWords(what === 'seen' ? 'acknowledged' : 'raised', remark)}`;
  return `# ALARM ${what} ${alarmWords(alarm)}${said}`;
}
