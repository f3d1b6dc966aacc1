import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Style } from '../../../src/tui/draw/style.js';
import { drawActivityPage } from '../../../src/tui/pages/activity-page.js';
import { drawCellsPage } from '../../../src/tui/pages/cells-page.js';
import { drawTimingPage } from '../../../src/tui/pages/timing-page.js';
import type { DetectorView } from '../../../src/views/detector/detector-view.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { sampleDetectorView } from '../../views/sample-detector.js';
import { assertGolden, displayWidth, withoutColor } from '../golden.js';
import { type DrawPage, pageLines, pageSizes, plainStyle, withChambers } from './page-lines.js';

const pages: readonly (readonly [string, DrawPage])[] = [
  ['activity', drawActivityPage],
  ['timing', drawTimingPage],
  ['cells', drawCellsPage],
];

describe('pages of activity, timing and cells', () => {
  let sample: DetectorView;
  before(async () => {
    sample = await sampleDetectorView();
  });

  for (const [name, draw] of pages) {
    it(`draw ${name} as committed`, () => {
      for (const size of pageSizes) {
        const { lines } = pageLines(draw, sample, size);
        assertGolden(`page-${name}-${size.width}x${size.height}`, `${lines.join('\n')}\n`);
      }
      const [, narrow, wide] = pageSizes;
      const ascii = pageLines(draw, sample, { ...narrow, style: { color: 'none', ascii: true } });
      assertGolden(`page-${name}-80x20-ascii`, `${ascii.lines.join('\n')}\n`);
      const color = pageLines(draw, sample, { ...wide, style: { color: '256', ascii: false } });
      assertGolden(`page-${name}-120x36-256`, `${color.lines.join('\n')}\n`);
    });

    it(`draw ${name} at any size, of any detector, without a number that is none`, () => {
      fc.assert(
        fc.property(anySize, anyStyle, anyCase, anyChoices, (size, style, of, choices) => {
          const detector = detectorOf(sample, of);
          const { lines, shown } = pageLines(draw, detector, { ...size, style, choices });
          const text = withoutColor(lines.join('\n'));
          assert.doesNotMatch(text, /NaN|undefined|Infinity|null|-0\.0(?!\d)/);
          assert.doesNotMatch(lines.join('\n'), /\[90m/);
          if (!choices.isEnlarged) assert.doesNotMatch(text, /[\u2800-\u28ff]/);
          for (const line of lines) assert.ok(displayWidth(line) <= size.width);
          assert.ok(shown >= 1 && shown <= of.chambers);
          const named = new Set([...text.matchAll(/^[ >]ch(?:amber)? (\d+)/gm)].map(([, chamber]) => chamber));
          assert.equal(named.size, choices.isEnlarged ? 1 : shown, text);
        }),
        { numRuns: casesOf(60) },
      );
    });

    it(`show the selected chamber on ${name} where not all have room, and it alone where it is enlarged`, () => {
      const detector = withChambers(sample, 7);
      for (let chamber = 0; chamber < 7; chamber++) {
        const { lines, shown } = pageLines(draw, detector, { width: 60, height: 11, choices: { chamber } });
        assert.ok(shown < 7 && lines.some((line) => new RegExp(`^>ch(amber)? ${chamber} `).test(line)));
        const enlarged = pageLines(draw, detector, { width: 80, height: 20, choices: { chamber, isEnlarged: true } });
        assert.equal(enlarged.shown, 7);
        assert.match(enlarged.lines[0], new RegExp(`^ ch(amber)? ${chamber} `));
      }
    });
  }

  it('say that there is no physics instead of drawing zeros', () => {
    const bare = detectorOf(sample, { ...plainCase, hasPhysics: false });
    const timing = pageLines(drawTimingPage, bare, pageSizes[1]).lines.join('\n');
    assert.equal(timing.match(/no physics/g)?.length, 4);
    assert.doesNotMatch(timing, /\d ns/);
    const choices = { isGated: true };
    const cells = pageLines(drawCellsPage, bare, { ...pageSizes[1], choices }).lines.join('\n');
    assert.equal(cells.match(/no physics/g)?.length, 4);
    assert.doesNotMatch(cells, /0\.0|[░▒▓]{2}/);
  });

  it('have neither rates nor verdicts where the messages are stale', async () => {
    const stale = await sampleDetectorView({ isCurrent: false });
    const cells = pageLines(drawCellsPage, stale, pageSizes[2]).lines;
    assert.match(cells[0], /^ chamber 3 {2}\? /);
    assert.match(cells[1], /^layer 0 {3}–/);
    assert.doesNotMatch(cells.join('\n'), /\d\.\d[░▒▓█]|DEAD|HOT/);
    assert.match(pageLines(drawTimingPage, stale, pageSizes[1]).lines[0], /^>chamber 0 {2}\? {2}box 3\d\d\.\d/);
  });
});

describe('the cells', () => {
  let sample: DetectorView;
  before(async () => {
    sample = await sampleDetectorView();
  });

  it('stand as in space: the top chamber first, every second layer half a cell to the right', () => {
    const { lines } = pageLines(drawCellsPage, sample, pageSizes[1]);
    const chambers = lines.flatMap((line) => /^[ >]chamber (\d)/.exec(line)?.[1] ?? []);
    assert.deepEqual(chambers, ['3', '2', '1', '0']);
    const starts = lines.slice(1, 5).map((line) => line.search(/[░▒▓█]/));
    assert.deepEqual(starts, [8, 10, 8, 10]);
  });

  it('have the signs of dead, hot and known channels where these are', () => {
    const { lines } = pageLines(drawCellsPage, sample, pageSizes[1]);
    // 2:17 is layer 2, cell 4; 0:5 is layer 2, cell 1; 1:44 is layer 0, cell 11.
    assert.equal(lines[5 + 1 + 2].indexOf('xxx'), 8 + 4 * 4);
    assert.equal(lines[15 + 1 + 2].indexOf('^^^'), 8 + 4);
    assert.equal(lines[10 + 1].indexOf('kkk'), 8 + 11 * 4);
    assert.equal(lines.join('').match(/x{3}|\^{3}|k{3}/g)?.length, 3);
  });

  it('show rates, ratios to the reference, and hits of orbits with a trigger', () => {
    const cell = (choices: object): string =>
      pageLines(drawCellsPage, sample, { ...pageSizes[2], choices })
        .lines[1].slice(8, 11)
        .trim();
    // Layer 0, cell 0.
    const { hits, gated, expected } = sample.chambers[3].occupancy;
    const short = (rate: number): string => rate.toFixed(rate < 9.95 ? 1 : 0);
    const seconds = sample.window.seconds ?? NaN;
    assert.equal(cell({}), short(hits[0] / seconds));
    assert.equal(cell({ isGated: true }), short((gated?.[0] ?? NaN) / seconds));
    assert.equal(cell({ isRatio: true }), ((100 * hits[0]) / (expected?.[0] ?? NaN)).toFixed(0));
  });

  it('are as many as a chamber has', () => {
    const [first] = sample.chambers;
    const occupancy = {
      ...first.occupancy,
      hits: first.occupancy.hits.slice(0, 16),
      signs: first.occupancy.signs.slice(0, 16),
      expected: first.occupancy.expected?.slice(0, 16),
    };
    const small = { ...sample, chambers: [{ ...first, channels: 16, occupancy }] };
    const { lines } = pageLines(drawCellsPage, small, pageSizes[1]);
    assert.match(lines[1], /^layer 0 +(\S{3} ){4} +\d/);
  });
});

describe('the timing page', () => {
  it('marks the edges of the fit on the ruler, and names the box that an alarm is about', async () => {
    const sample = await sampleDetectorView();
    const [row] = sample.alarms;
    const alarm = { ...row, state: 'NEW', test: 'box_width', object: { chamber: 3 }, fault: 'box short' } as const;
    const { lines } = pageLines(drawTimingPage, { ...sample, alarms: [alarm] }, pageSizes[1]);
    const rulers = lines.filter((line) => line.includes(' ns') && line.includes('['));
    assert.equal(rulers.length, 4);
    sample.chambers.forEach(({ physics }, chamber) => {
      const ruler = rulers[chamber];
      // Columns of 12.5 ns: 100 and 300 are somewhere in theirs.
      const nsAt = (column: number): number => 100 + (column - ruler.indexOf('100')) * 12.5;
      assert.equal(nsAt(ruler.indexOf('300')), 300);
      const { rise_ns: rise, fall_ns: fall } = physics?.drift.box ?? {};
      for (const [sign, edge] of [['[', rise], [']', fall]] as const) {
        const offset = (edge ?? NaN) - nsAt(ruler.indexOf(sign));
        assert.ok(Math.abs(offset) <= 12.5, `${sign} at ${offset} ns from its edge`);
      }
    });
    assert.deepEqual(lines.flatMap((line) => /^[ >]chamber \d {2}(\S+)/.exec(line)?.[1] ?? []), ['ok', 'ok', 'ok', 'SHORT']);
  });
}); // prettier-ignore

describe('the activity page', () => {
  it('shades each band against its mean, and leaves a pause blank', async () => {
    const sample = await sampleDetectorView();
    const steps = Array.from({ length: 20 }, (_, index) => ({
      ...{ number: 1000 + index, toMs: index * 1000, orbitLast: index * 11_223 },
      bands: index < 10 ? [100, 50, 20, 8, 0, 0] : index < 15 ? [0, 0, 0, 0, 0, 0] : [300, 50, 20, 8, 0, 0],
    }));
    const chambers = sample.chambers.map((chamber) => ({ ...chamber, active: { ...chamber.active, steps } }));
    const { lines } = pageLines(drawActivityPage, { ...sample, chambers }, { width: 120, height: 36 });
    const band = lines.find((line) => line.slice(60).includes(' 1┤'))?.slice(60) ?? '';
    assert.match(band, /1┤▓{10} {5}█{5}$/);
  });

  it('lets its columns stand while some messages come, and loses none when they move on', async () => {
    const sample = await sampleDetectorView();
    const bandAt = (last: number, length: number): string => {
      // Every fourth step has no orbit in any band.
      const steps = Array.from({ length }, (_, index) => last - length + 1 + index).map((number) => ({
        ...{ number, toMs: number * 1000, orbitLast: number },
        bands: [number % 4 === 0 ? 0 : 100, 0, 0, 0, 0, 0],
      }));
      const chambers = sample.chambers.map((chamber) => ({ ...chamber, active: { ...chamber.active, steps } }));
      const { lines } = pageLines(drawActivityPage, { ...sample, chambers }, { width: 200, height: 56 });
      return (
        lines
          .find((line) => line.includes(' 1┤', 120))
          ?.slice(120)
          .replace(/.* 1┤/, '') ?? ''
      );
    };
    const signsOf = (text: string): string => text.replace(/^ {0,7}(?=\S)/, '').trimEnd();
    let stood = 0;
    for (let last = 200; last < 264; last++) {
      const [before, after] = [bandAt(last, 60), bandAt(last + 1, 60)];
      // 60 steps, 15 of them blank.
      assert.equal(after.replaceAll(' ', '').length, 45, `${last}: ${after}`);
      assert.ok(signsOf(after).length >= 57, after);
      if (before.indexOf(' ', 16) === after.indexOf(' ', 16)) stood++;
    }
    // Two of three, at least.
    assert.ok(stood >= 42, `${stood}`);
  });
});

const plainCase = { chambers: 4, hasPhysics: true, hasReference: true, isCurrent: true };
const anySize = fc.record({ width: fc.integer({ min: 40, max: 220 }), height: fc.integer({ min: 10, max: 70 }) });
const anyStyle: fc.Arbitrary<Style> = fc.constantFrom<Style[]>(
  plainStyle,
  { color: '256', ascii: false, braille: true },
  { color: '16', ascii: false },
  { color: 'none', ascii: true },
);
const anyCase = fc.record({
  chambers: fc.constantFrom(1, 4, 7),
  hasPhysics: fc.boolean(),
  hasReference: fc.boolean(),
  isCurrent: fc.boolean(),
});
const anyChoices = fc.record({
  ...{ isLog: fc.boolean(), isGated: fc.boolean(), isRatio: fc.boolean(), isEnlarged: fc.boolean() },
  ...{ chamber: fc.nat(8), channel: fc.nat(63) },
});

/** The sample with less of it. */
function detectorOf(sample: DetectorView, of: typeof plainCase): DetectorView {
  const all = withChambers(sample, of.chambers);
  const chambers = all.chambers.map((panel) => ({
    ...panel,
    ...(of.hasPhysics ? {} : { physics: undefined, boxReference: undefined, boxTrend: [] }),
    ...(of.hasReference ? {} : { boxReference: undefined, toReference: undefined }),
    occupancy: { ...panel.occupancy, ...(of.hasPhysics ? {} : { gated: undefined }) },
    active: { ...panel.active, ...(of.hasReference ? {} : { expected: undefined }) },
  }));
  const window = { ...all.window, sums: { ...all.window.sums, ...(of.hasPhysics ? {} : { physics: undefined }) } };
  return {
    ...all,
    ...{ chambers, window, isCurrent: of.isCurrent },
    reference: of.hasReference ? all.reference : undefined,
  };
}
