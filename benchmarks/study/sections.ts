import { limitsText } from '../../src/experiment/limit-text.js';
import { groupRuns, orderedConfigurations, type Report } from '../../src/experiment/report.js';
import { markdownTable } from '../../src/experiment/table.js';

/** Hits a second of the detector that limits are expressed in, as `dtstream bench` has it. */
const detectorRate = 5000;

/** What was run: `dtstream bench` with flags. */
export interface Experiment {
  readonly flags: readonly string[];
  readonly report: Report;
}

/**
 * The section of a study.
 *
 * @param plot the picture, as the page links to it
 */
export function studySection({ flags, report }: Experiment, plot: string, notes: string): string {
  const groups = groupRuns(report.runs, orderedConfigurations(report.runs));
  const good = groups.filter(({ faults }) => faults.length === 0).length;
  const verified = report.runs.filter(({ measured }) => measured?.verify.result === 'equal').length;
  return `## A study

${commandText(flags)} It is part of \`npm run bench:study\`. ${notes}

${good} of ${groups.length} configurations kept up in every run; \`verify\` found the results of ${verified} of ${report.runs.length} runs equal to a recount of the rows. [bench](bench.md) explains the columns.

${markdownTable(report)}

![Box plots of latency, computation and rate for every configuration](${plot})
`;
}

/** The section of limits. `kafka` is the reason if Kafka could not be measured. */
export function limitsSection(parts: {
  readonly tooFast: Experiment;
  readonly embedded: Experiment;
  readonly kafka: Experiment | string;
  readonly notes: string;
}): string {
  const { tooFast, embedded, kafka, notes } = parts;
  return `## Limits

Also by \`npm run bench:study\`. ${notes}

### Deliberately too fast

${commandText(tooFast.flags)} ${tooFastText(tooFast.report)}

${markdownTable(tooFast.report)}

### The highest rate on the embedded log

${limitText(embedded)}

### The highest rate on Kafka

${typeof kafka === 'string' ? `Not measured: ${kafka}.` : limitText(kafka)}
`;
}

/** Whether a rate that nothing can keep up with was found to be one. */
export function tooFastText(report: Report): string {
  const [group] = groupRuns(report.runs, orderedConfigurations(report.runs));
  const fault = group?.faults.find((text) => text.startsWith('did not keep up'));
  return fault === undefined
    ? '**It should not have kept up, but no fault was found.**'
    : `Its verdict: ${fault}. The figures of such a run show what it did, not what the configuration can do.`;
}

function limitText({ flags, report }: Experiment): string {
  return `${commandText(flags)} It prints:

\`\`\`text
${limitsText(report.limits, detectorRate)}
\`\`\``;
}

function commandText(flags: readonly string[]): string {
  return `\`${['dtstream', 'bench', ...flags].join(' ')}\``.concat('.');
}
