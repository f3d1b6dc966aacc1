import type { QualityPicture } from './verdicts.js';

/**
 * The alarms that stood at a moment: those that stand now, or are over and nobody has seen it, and had begun and not ended
 * then.
 *
 * @param atMs ms since 1970
 */
export function pictureAt(picture: QualityPicture, atMs: number): QualityPicture {
  const hadBegun = ({ since }: QualityPicture['alarms'][number]): boolean => Date.parse(since) <= atMs;
  const stood = picture.gone.flatMap(({ alarm, endedMs }) => (atMs < endedMs ? [alarm] : []));
  return {
    ...picture,
    alarms: [...picture.alarms, ...stood].filter(hadBegun),
    parts: picture.parts.filter(hadBegun),
    gone: picture.gone.filter(({ alarm, endedMs }) => hadBegun(alarm) && endedMs <= atMs),
  };
}
