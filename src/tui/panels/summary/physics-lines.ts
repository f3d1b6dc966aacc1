import type { Rate } from '../../../physics/rates.js';
import type { ChamberView, DriftView, SegmentsView } from '../../../views/chamber-view.js';
import type { PhysicsView } from '../../../views/physics-view.js';
import { alignColumns } from '../../draw/align-columns.js';
import { formatCount, formatMeasured, formatPercent, formatSeconds } from '../../draw/format.js';
import type { Style } from '../../draw/style.js';
import { namedLine, namedList, type TextLine } from '../../draw/text-lines.js';
import { statusText } from '../timing/time-box.js';

/** Stands for a number that nothing says. */
const none = '-';

/**
 * Live time, trigger, and a table each of rates, noise, gates, time boxes, segments, efficiencies and residuals.
 *
 * @param physics undefined = not counted, null = lanes may have split orbits
 */
export function physicsLines(physics: PhysicsView | null | undefined, width: number, style: Style): TextLine[] {
  if (physics === undefined) {
    return namedList(
      'physics',
      ['not counted (--physics off): no live time', 'rates', 'noise', 'time boxes', 'efficiencies'],
      width,
    );
  }
  if (physics === null) return [namedLine('physics', 'none: lanes may have split orbits, see docs/physics.md')];
  const { chambers } = physics;
  return [
    ...liveLines(physics),
    ...triggerLines(physics, width, style),
    ...rateTable(chambers, style),
    ...noiseTable(chambers, style),
    ...gateTable(chambers),
    ...boxTable(chambers, style),
    ...segmentTables(chambers, width, style),
  ];
}

function liveLines({ live }: PhysicsView): TextLine[] {
  const { seconds, slots, lit, slotMs, gaps, gapS } = live;
  if (slots === 0) return [namedLine('live time', 'none: no closed orbit has a hit or a trigger')];
  const pauses =
    gaps === 0
      ? 'no gap'
      : `${formatCount(gaps)} ${gaps === 1 ? 'gap' : 'gaps'} of ${formatSeconds(gapS)} in all, not live`;
  return [
    namedLine(
      'live time',
      `${seconds.toFixed(3)} s of the detector, ${formatCount(slots)} slots of ${slotMs.toFixed(1)} ms`,
    ),
    namedLine('', `${formatCount(lit)} of them lit; ${pauses}`),
  ];
}

function triggerLines({ trigger }: PhysicsView, width: number, style: Style): TextLine[] {
  if (trigger === undefined) return [namedLine('trigger', 'none configured')];
  const { isTime, rate, orbits, multiple, border, rows } = trigger;
  const ofOrbits = `${formatCount(multiple)} with two rows of one trigger, ${formatCount(border)} not fiducial for a chamber`;
  return [
    ...(isTime
      ? [namedLine('trigger', `${rateText(rate, style)} Hz, ${formatCount(orbits)} orbits`), namedLine('', ofOrbits)]
      : [namedLine('trigger', 'none that gives time')]),
    ...namedList(
      'rows',
      rows.map((one) => `${one.name} ${formatCount(one.rows)}`),
      width,
    ),
  ];
}

function rateTable(chambers: readonly ChamberView[], style: Style): TextLine[] {
  return table(
    'hits per live second; errors: hits of one orbit are not independent',
    ['ch', 'hits', 'hits/s', 'repeats', 'duplicates', 'bursts', 'untimed'],
    chambers.map(({ chamber, hits, hitRate, repeats, duplicates, bursts, untimed }) => [
      String(chamber),
      formatCount(hits),
      rateText(hitRate, style),
      hits === 0 ? none : `${((100 * repeats) / hits).toFixed(1)} %`,
      ...[duplicates, bursts, untimed].map(formatCount),
    ]),
  );
}

function noiseTable(chambers: readonly ChamberView[], style: Style): TextLine[] {
  return table(
    'noise in Hz, from orbits with a single active channel in the chamber',
    ['ch', 'all channels', 'median', 'hottest', ''],
    chambers.map(({ chamber, noise }) => [
      String(chamber),
      noise?.hz.toFixed(0) ?? none,
      noise?.medianHz.toFixed(2) ?? none,
      ...(noise === undefined
        ? [none, '']
        : [`${chamber}:${noise.hottest.channel}`, rateText(noise.hottest.rate, style)]),
    ]),
  );
}

function gateTable(chambers: readonly ChamberView[]): TextLine[] {
  return table(
    'orbits with a trigger that times the chamber',
    ['ch', 'orbits', 'hits', 'fiducial', 'with a hit in time, %'],
    chambers.map(({ chamber, gated }) => [
      String(chamber),
      ...(gated === undefined
        ? [none, none, none, none]
        : [
            ...[gated.orbits, gated.hits, gated.fiducial].map(formatCount),
            gated.inTime === undefined ? none : formatPercent(gated.inTime),
          ]),
    ]),
  );
}

function boxTable(chambers: readonly ChamberView[], style: Style): TextLine[] {
  const after = chambers.some(({ drift }) => drift.after === 'chambers') ? 'other chambers' : 'trigger';
  const lines = table(
    `time boxes after the ${after}, in ns; effective velocity 21 mm / width`,
    ['ch', 'rise', 'fall', 'width', 'um/ns', 'dev/ndf', 'fit'],
    chambers.map(({ chamber, drift }) => [String(chamber), ...boxCells(drift, style)]),
    6,
  );
  const first = lines.length - chambers.length;
  return lines.map((line, index) => {
    const isGood = index < first || chambers[index - first].drift.box?.status === 'ok';
    return isGood ? line : { ...line, ink: 'warn' };
  });
}

function boxCells({ box }: DriftView, style: Style): string[] {
  if (box === undefined) return [none, none, none, none, none, 'none'];
  const measured = (value: number | null, sigma: number | null): string =>
    value === null || sigma === null ? none : formatMeasured(value, sigma, style);
  const { v_eff_um_ns: velocity, width_ns: width, width_err: widthError, deviance, ndf } = box;
  const velocityError =
    velocity === null || width === null || widthError === null ? null : (velocity * widthError) / width;
  return [
    measured(box.rise_ns, box.rise_err),
    measured(box.fall_ns, box.fall_err),
    measured(width, widthError),
    measured(velocity, velocityError),
    deviance === null || ndf === null ? none : (deviance / ndf).toFixed(2),
    statusText(box.status),
  ];
}

function segmentTables(chambers: readonly ChamberView[], width: number, style: Style): TextLine[] {
  const found = chambers.flatMap(({ chamber, segments }) => (segments === undefined ? [] : [{ chamber, segments }]));
  if (found.length === 0) {
    const missing = ['not counted (--physics counts): no efficiencies', 'residuals', 'slopes', 'time from chambers'];
    return [{ text: '', ink: 'plain' }, ...namedList('segments', missing, width)];
  }
  const layers = ['layer 0', 'layer 1', 'layer 2', 'layer 3'];
  const byLayer = (title: string, cell: (layer: SegmentsView['layers'][number]) => string): TextLine[] =>
    table(
      title,
      ['ch', ...layers],
      found.map(({ chamber, segments }) => [String(chamber), ...segments.layers.map(cell)]),
    );
  return [
    ...table(
      'segments',
      ['ch', 'orbits searched', 'of 4 hits', 'of 3 hits', 'too many hits'],
      found.map(({ chamber, segments: { orbits, four, three, busy } }) =>
        [chamber, orbits, four, three, busy].map(formatCount),
      ),
    ),
    ...byLayer('efficiency in %, by tag and probe, Wilson 68 %; layer 0 at the top', ({ efficiency }) =>
      efficiency === undefined ? none : formatPercent(efficiency),
    ),
    ...byLayer('residuals of segments of 4 hits in um: mean, and rms in brackets', ({ residual }) =>
      residual === undefined
        ? none
        : `${formatMeasured(residual.meanUm, residual.errorUm, style)} (${residual.rmsUm.toFixed(0)})`,
    ),
  ];
}

function rateText(rate: Rate | undefined, style: Style): string {
  if (rate === undefined) return none;
  // No error: nothing was seen.
  return rate.hz === 0 ? '0' : formatMeasured(rate.hz, rate.sigmaHz, style);
}

/** An empty line, the title, the head and a line per chamber; numbers at the right, what follows `textFrom` at the left. */
function table(title: string, head: readonly string[], rows: readonly string[][], textFrom = Infinity): TextLine[] {
  const lines = alignColumns([head, ...rows], (column) => column >= textFrom);
  return [
    { text: '', ink: 'plain' },
    { text: title, ink: 'strong' },
    ...lines.map((text) => ({ text, ink: 'plain' }) as const),
  ];
}
