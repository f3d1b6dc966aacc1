import type { TextReading } from '../../domain/text-reading.js';
import type { InputFormat } from '../../sources/input-format.js';
import type { Geometry } from '../../domain/geometry.js';
import { RowSurvey, type SurveyedPause } from '../../pipeline/survey/row-survey.js';
import { expandInputs } from '../../sources/expand-inputs.js';
import { namesS3 } from '../../sources/input-scheme.js';
import type { S3Options } from '../../sources/s3/s3-client.js';
import { formatCount, formatSeconds } from '../../tui/draw/format.js';
import { headAdvice } from '../flags/input.js';
import { countOf } from '../console/plural.js';
import type { Progress } from '../console/progress.js';
import { missingTrigger, strayText, wireText } from './missing-trigger.js';
import { type Finding, guarded, ok, sizeText, warn } from './finding.js';

/** Rows of an input that are read, at most. */
const rowsMax = 100_000_000;
const runsShown = 3;
const pausesShown = 3;

/** What the checks of inputs need. */
export interface InputCheck {
  readonly s3: S3Options;
  readonly geometry: Geometry;
  readonly format: InputFormat;
  readonly reading: TextReading;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Reads the named inputs and reports what is in them. S3 is checked if an input is there, or an endpoint is set. */
export async function checkInputs(inputs: readonly string[], how: InputCheck): Promise<readonly Finding[]> {
  const { s3 } = how;
  const findings: Finding[] = [];
  for (const input of inputs) findings.push(...(await checkInput(input, how)));
  if (s3.endpoint !== undefined && !inputs.some(namesS3)) {
    const text = `${s3.endpoint} is configured, but no bucket was named to check`;
    findings.push(warn('s3', text, 'name one: dtstream doctor s3://BUCKET/PREFIX'));
  }
  return findings;
}

function checkInput(input: string, how: InputCheck): Promise<readonly Finding[]> {
  const { s3, geometry, format, reading, signal, progress } = how;
  const check = namesS3(input) ? 's3' : 'input';
  return guarded(check, adviceFor, async () => {
    const warnings: Finding[] = [];
    const take = ({ message }: { readonly message: string }): void => {
      warnings.push(warn(check, message, 'see docs/inputs.md'));
    };
    const files = await expandInputs([input], { s3, warn: take });
    const bytes = files.reduce((sum, { bytesTotal = 0 }) => sum + bytesTotal, 0);
    const count = files.length === 1 ? '1 file' : `${files.length} files`;
    const listed = ok(check, `${input}: ${count}, ${sizeText(bytes)}`);
    const { surveyInputs } = await import('../../pipeline/survey/survey-inputs.js');
    const survey = new RowSurvey(geometry);
    const onRows = (): void => progress.show({ rows: survey.rows, share: undefined });
    try {
      await surveyInputs(files, survey, { format, reading, warn: take, signal }, { rowsMax, onRows });
    } finally {
      progress.end();
    }
    return [listed, ...rowFindings(survey, survey.rows >= rowsMax), ...warnings];
  });
}

/** What the rows of an input say of it. */
function rowFindings(survey: RowSurvey, isCut: boolean): Finding[] {
  const { rows, rejected, otherHeads, runs, boards, strays, pauses } = survey;
  const first = isCut ? 'the first ' : '';
  const rejectedText = rejected === 0 ? '' : `, ${formatCount(rejected)} rejected`;
  const headText = otherHeads === 0 ? '' : `, ${formatCount(otherHeads)} with another HEAD`;
  const rowsText = `${first}${countOf(rows, 'row')}${rejectedText}${headText}`;
  const advice = 'docs/inputs.md says how rows are read, and process --rejected FILE keeps those that are rejected';
  if (runs.length === 0)
    return [warn('rows', `${rowsText}: no hit`, otherHeads > 0 ? `${headAdvice}, as older unpackers need` : advice)];
  const ranges = runs
    .slice(0, runsShown)
    .map((run) => `orbits ${run.first} to ${run.last} (${formatSeconds(run.seconds)})`);
  const more = runs.length > runsShown ? `, and ${countOf(runs.length - runsShown, 'more run')}` : '';
  const found = [`${rowsText}; ${ranges.join(', then ')}${more}`, `boards ${boards.join(', ')}`].join('; ');
  const triggers = survey.triggers.map((wire) => `${wireText(wire)} ${formatCount(wire.rows)}`).join(', ');
  const chambers = survey.chambers.map((hits, chamber) => `${chamber}: ${formatCount(hits)}`).join(', ');
  const missing = missingTrigger(survey);
  const strayRows = strays.reduce((total, wire) => total + wire.rows, 0);
  return [
    rejected > 0 ? warn('rows', found, advice) : ok('rows', found),
    ...(pauses.length === 0 ? [] : [ok('pauses', pausesText(pauses))]),
    ok('hits', `by chamber ${chambers}; trigger ${triggers === '' ? 'none configured' : triggers}`),
    ...(missing === undefined ? [] : [warn('trigger', missing.text, missing.advice)]),
    ...(missing !== undefined || strays.length === 0
      ? []
      : [
          warn(
            'channels',
            `${strayText(strays, strayRows)} in no chamber`,
            'see docs/configuration.md for the geometry',
          ),
        ]),
  ];
}

/** `1 pause, 210.1 s in all: 210.1 s after orbit 341374` */
function pausesText(pauses: readonly SurveyedPause[]): string {
  const seconds = pauses.reduce((total, pause) => total + pause.seconds, 0);
  const shown = pauses
    .slice(0, pausesShown)
    .map((pause) => `${formatSeconds(pause.seconds)} after orbit ${pause.after}`);
  const more = pauses.length > pausesShown ? ', …' : '';
  return `${countOf(pauses.length, 'pause', 'pauses')} without a row, ${formatSeconds(seconds)} in all: ${shown.join(', ')}${more}`;
}

function adviceFor(message: string): string {
  if (/certificate|TLS/i.test(message)) return 'name the certificate authority of the server with --s3-ca';
  if (/key|signature|credential|permission|denied/i.test(message)) {
    return 'correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or the profile), or let this user list and read the bucket';
  }
  if (/connection|answer|host/i.test(message)) return 'correct --s3-endpoint, or start the server';
  return 'correct the input; docs/inputs.md lists the formats that dtstream reads';
}
