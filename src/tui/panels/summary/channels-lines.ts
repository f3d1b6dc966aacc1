import type { Outlier } from '../../../results/outliers.js';
import {
  chamberLayersText,
  type ChannelsView,
  type ProbedChannel,
  type ProbedChannels,
} from '../../../views/channels-view.js';
import { formatCount } from '../../draw/format.js';
import type { Style } from '../../draw/style.js';
import { namedLine, namedList, type TextLine } from '../../draw/text-lines.js';
import { ratioText } from './outlier-lines.js';

/** The channels that count much more or less than those around them, and those whose cells miss muons. */
export function channelsLines({ byHits, byProbes }: ChannelsView, width: number, style: Style): TextLine[] {
  const times = style.ascii ? 'x' : '×';
  const ratio = ({ chamber, channel, ofChamber }: Outlier): string =>
    `${chamber}:${channel} ${times}${ratioText(ofChamber)}`;
  const { hot, dead, low, notJudged } = byHits;
  const chambers = notJudged.map(chamberLayersText).join(', ');
  return [
    { text: 'channels by hits: 2.5 times more or less than the medians of chamber and layer', ink: 'strong' },
    ...namedList('hot', hot.map(ratio), width),
    ...namedList(
      'dead',
      dead.map(({ chamber, channel }) => `${chamber}:${channel}`),
      width,
    ),
    ...namedList('low', low.map(ratio), width),
    ...(chambers === '' ? [] : [namedLine('not judged', `too few hits: chamber ${chambers}`)]),
    ...(byProbes === undefined ? [] : probedLines(byProbes, width)),
  ];
}

function probedLines({ dead, weak, notJudged }: ProbedChannels, width: number): TextLine[] {
  const probed = ({ chamber, channel, passed, probes }: ProbedChannel): string =>
    `${chamber}:${channel} ${formatCount(passed)}/${formatCount(probes)}`;
  const channels = notJudged === 1 ? 'channel' : 'channels';
  return [
    { text: '', ink: 'plain' },
    { text: 'channels by efficiency: below 70 % of at least 15 probes (passed/probes)', ink: 'strong' },
    ...namedList('dead', dead.map(probed), width),
    ...namedList('weak', weak.map(probed), width),
    ...(notJudged === 0 ? [] : [namedLine('not judged', `too few probes: ${formatCount(notJudged)} ${channels}`)]),
  ];
}
