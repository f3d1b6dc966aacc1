import { layerOf } from '../domain/geometry.js';
import type { Interval } from '../physics/rates.js';
import type { ChamberPanel, WindowView } from '../views/detector/detector-view.js';
import type { ChannelSign } from '../views/detector/verdicts.js';
import { cellsSvg, cellsTitle } from './cells-svg.js';
import { chamberPlots, driftBins } from './chamber-plots.js';
import { figuresHtml, foldedHtml, paragraphHtml, sectionHtml, tableHtml } from './html.js';
import { plotSvg } from './plot-svg.js';
import { changeText, countText, numberText } from './texts.js';

/** A chamber: its plots, layers and, folded, every number of the plots. */
export function chamberSection(panel: ChamberPanel, { secondsAre }: Pick<WindowView, 'secondsAre'>): string {
  const { chamber, view, verdict, hits, hitsPerS, toReference } = panel;
  const at = verdict.at === undefined ? '' : ` (${verdict.at})`;
  const change = toReference === undefined ? '' : `, ${changeText(toReference)} to the reference`;
  const per = secondsAre === 'live' ? 'live second' : 'second';
  const head = `${countText(hits)} hits, ${numberText(hitsPerS)} per ${per}${change}; view ${view}.`;
  const figures = [
    ...chamberPlots(panel).map((plot) => ({ title: plot.title, svg: plotSvg(plot) })),
    { title: cellsTitle(chamber), svg: cellsSvg(panel) },
  ];
  const title = `Chamber ${chamber}: ${verdict.word === '?' ? 'not judged' : verdict.word}${at}`;
  const folded = foldedHtml(`Chamber ${chamber}: all numbers`, tablesHtml(panel));
  const content = `${paragraphHtml(head)}
${figuresHtml(figures)}
${layersHtml(panel)}
${folded}`;
  return sectionHtml(title, content, `chamber ${verdict.state}`);
}

function layersHtml({ chamber, layers, physics }: ChamberPanel): string {
  return tableHtml({
    caption: `Chamber ${chamber}: layers from the top`,
    heads: ['Layer', 'Hits/s', 'To reference', 'Dead', 'Hot', 'Efficiency, %', 'Residual, µm'],
    rows: layers.map(({ layer, hitsPerS, toReference, dead, hot }) => {
      const { efficiency, residual } = physics?.segments?.layers[layer] ?? {};
      return [
        ...[String(layer), numberText(hitsPerS), changeText(toReference), String(dead), String(hot)],
        efficiency === undefined ? '–' : intervalText(efficiency),
        residual === undefined ? '–' : `${numberText(residual.meanUm, 0)} ± ${numberText(residual.errorUm, 0)}`,
      ];
    }),
    numbersFrom: 1,
  });
}

/** `94.2 +0.9 −1.0`, in percent. */
function intervalText({ share, low, high }: Interval): string {
  return `${numberText(100 * share)} +${numberText(100 * (high - share))} −${numberText(100 * (share - low))}`;
}

const signWords: Readonly<Record<ChannelSign, string>> = {
  ' ': 'ok',
  x: 'low',
  '^': 'hot',
  k: 'known',
  '?': 'no verdict',
  '+': 'above',
  '-': 'below',
};

/** Every number that the plots are drawn of. */
function tablesHtml(panel: ChamberPanel): string {
  const { chamber, occupancy, active } = panel;
  const { hits, gated, expected, signs } = occupancy;
  const channels = tableHtml({
    caption: `Chamber ${chamber}: channels`,
    heads: ['Channel', 'Verdict', 'Layer', 'Cell', 'Hits', 'Expected', 'With trigger'],
    rows: [...hits].map((count, channel) => [
      ...[`${chamber}:${channel}`, signWords[signs[channel]], String(layerOf(channel)), String(channel >> 2)],
      ...[countText(count), numberText(expected?.[channel], 0)],
      gated === undefined ? '–' : countText(gated[channel]),
    ]),
    numbersFrom: 2,
  });
  const orbits = tableHtml({
    caption: `Chamber ${chamber}: orbits by active channels`,
    heads: ['Active', 'Orbits', 'Reference'],
    rows: [...active.orbits.keys()]
      .filter((number) => number > 0 && active.orbits[number] > 0)
      .map((number) => [
        ...[String(number), countText(active.orbits[number])],
        numberText(active.expected?.[number], 0),
      ]),
    numbersFrom: 1,
  });
  return `<div class="pair">${channels}\n${driftTable(panel)}\n${orbits}</div>`;
}

function driftTable(panel: ChamberPanel): string {
  const bins = driftBins(panel);
  if (bins === undefined) return '';
  const { fromNs, binNs, counts, expected } = bins;
  return tableHtml({
    caption: `Chamber ${panel.chamber}: drift times`,
    heads: ['From, ns', 'Entries', 'Reference'],
    rows: counts.map((count, at) => [
      ...[numberText(fromNs + at * binNs), countText(count)],
      numberText(expected?.[at], 0),
    ]),
    numbersFrom: 1,
  });
}
