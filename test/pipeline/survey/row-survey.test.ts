import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { missingTrigger } from '../../../src/commands/doctor/missing-trigger.js';
import { defaultGeometry } from '../../../src/domain/geometry.js';
import { RowSurvey } from '../../../src/pipeline/survey/row-survey.js';
import { surveyInputs } from '../../../src/pipeline/survey/survey-inputs.js';
import { casesOf } from '../../helpers/random/cases-of.js';
import { streamArbitrary } from '../../model/arbitraries.js';
import { rowsOfText } from '../../model/classify.js';
import { tempFolder } from '../../sources/temp-folder.js';

const { signal } = new AbortController();

/** The survey of text in a file. */
async function surveyOf(path: string, text: string, rowsMax = Infinity): Promise<RowSurvey> {
  writeFileSync(path, text, 'latin1');
  const survey = new RowSurvey(defaultGeometry);
  const options = { format: 'csv', warn: () => undefined, signal } as const;
  await surveyInputs([{ kind: 'file', name: path, bytesTotal: text.length }], survey, options, { rowsMax });
  return survey;
}

describe('RowSurvey', () => {
  it('counts rows as the model judges them', async (t) => {
    const path = join(tempFolder(t), 'rows.csv');
    await fc.assert(
      fc.asyncProperty(streamArbitrary(), async ({ lines }) => {
        const text = `2,0,1,5,6,7\n${lines.map((line) => line.text + line.end).join('')}`;
        const survey = await surveyOf(path, text);
        const rows = rowsOfText(text, defaultGeometry);
        const hits = rows.filter((row) => row.kind === 'hit');
        assert.equal(survey.rows, rows.length);
        assert.deepEqual(
          survey.chambers,
          defaultGeometry.chambers.map((_, chamber) => hits.filter((hit) => hit.chamber === chamber).length),
        );
        const count = (isMeant: (row: (typeof rows)[number]) => boolean): number => rows.filter(isMeant).length;
        assert.equal(
          survey.triggers[0].rows,
          count(({ kind }) => kind === 'scintillator'),
        );
        assert.equal(
          survey.rejected,
          count(({ kind }) => kind === 'rejected'),
        );
        assert.equal(
          survey.otherHeads,
          count((row) => row.kind === 'dropped' && row.reason === 'head'),
        );
        const strays = survey.strays.reduce((total, wire) => total + wire.rows, 0);
        assert.equal(
          strays,
          count((row) => row.kind === 'dropped' && row.reason === 'channel'),
        );
      }),
      { numRuns: casesOf(200) },
    );
  });

  it('tells runs and their time by the clock of the lanes, and stops at its limit', async (t) => {
    const path = join(tempFolder(t), 'rows.csv');
    const run = (first: number): string[] => Array.from({ length: 100 }, (_, hit) => `2,0,1,${first + 10 * hit},0,0`);
    const text = `${[...run(5_000_000), ...run(100)].join('\n')}\n`;
    const { runs, boards } = await surveyOf(path, text);
    assert.deepEqual(runs.map(({ first, last }) => [first, last]), [[5_000_000, 5_000_990], [100, 1090]]);
    assert.deepEqual(runs.map(({ seconds }) => seconds.toFixed(6)), ['0.088298', '0.088298']);
    assert.deepEqual(boards, [0]);
    const many = text.repeat(3000);
    const { rows } = await surveyOf(path, many, 1000);
    assert.ok(rows >= 1000 && rows < 20_000, String(rows));
  }); // prettier-ignore

  it('finds pauses of a run, whatever the order of its rows, and none between runs', async (t) => {
    const path = join(tempFolder(t), 'rows.csv');
    const rows = (first: number, count: number): string[] =>
      Array.from({ length: count }, (_, hit) => `2,0,1,${first + 10 * ((7 * hit) % count)},0,0`);
    const stretches = [rows(5_000_000, 101), rows(5_060_000, 101), rows(100, 20), rows(4000, 20)];
    const { pauses } = await surveyOf(path, `${stretches.flat().join('\n')}\n`);
    assert.equal(pauses.length, 1);
    const [{ after, seconds }] = pauses;
    assert.ok(after >= 5_001_000 && after < 5_001_000 + 1024, String(after));
    assert.ok(Math.abs(seconds - 59_000 * 89_100e-9) < 2 * 1024 * 89_100e-9, String(seconds));
  });

  it('tells channels that count from 1', async (t) => {
    const path = join(tempFolder(t), 'rows.csv');
    const rows = (from: number): string =>
      Array.from({ length: 12_000 }, (_, hit) => `2,${hit % 2},${from + (hit >> 1) % 128},${hit},0,0\n`).join('');
    assert.deepEqual([(await surveyOf(path, rows(1))).countsFromOne, (await surveyOf(path, rows(0))).countsFromOne], [true, false]);
  }); // prettier-ignore

  it('takes channels of no chamber for a trigger only while the trigger has no row', async (t) => {
    const path = join(tempFolder(t), 'rows.csv');
    const hits = Array.from({ length: 100 }, (_, hit) => `2,0,1,${hit},0,0`);
    const adviceOf = async (...more: string[]): Promise<string | undefined> =>
      missingTrigger(await surveyOf(path, `${[...hits, ...more].join('\n')}\n`))?.advice;
    const stray = '2,0,138,5,0,0';
    assert.match((await adviceOf(stray, stray, '2,1,300,5,0,0', '2,2,7,5,0,0', '2,2,7,5,0,0')) ?? '', /\[\{ fpga: 0, channel: 138 \}, \{ fpga: 2, channel: 7 \}, \{ fpga: 1, channel: 300 \}\]/);
    assert.match((await adviceOf(stray, stray, stray, '2,1,300,5,0,0')) ?? '', /triggers: \[\{ fpga: 0, channel: 138 \}\] \}$/);
    assert.equal(await adviceOf(), undefined);
    assert.equal(await adviceOf(stray, '2,1,128,5,0,0'), undefined);
  }); // prettier-ignore
});
