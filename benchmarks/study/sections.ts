import { limitsText } from '../../src/experiment/tables/limit-text.js';
import { groupRuns, orderedConfigurations, type Report } from '../../src/experiment/report.js';
import { markdownParts, markdownTable } from '../../src/experiment/tables/table.js';

/** Hits a second of the detector that limits are expressed in, as `dtstream bench` has it. */
const detectorRate = 5000;

/** What was run: `dtstream bench` with flags. */
export interface Experiment {
  readonly flags: readonly string[];
  readonly report: Report;
}

/** A study, and where its picture is, as the page links to it. */
export interface Study extends Experiment {
  readonly title: string;
  readonly plot: string;
}

/** The section of the studies. @param missing why one could not be made */
export function studySection(studies: readonly Study[], missing: readonly string[], notes: string): string {
  const parts = studies.map((study) => studyText(study));
  return `## A study

How processing time and throughput depend on threads, instances, partitions, shards and rate; [what to expect](what-to-expect.md) explains these settings, [bench](bench.md) the columns. All by \`npm run bench:study\`. ${notes}

${[...parts, ...missing].join('\n\n')}
`;
}

function studyText({ title, flags, report, plot }: Study): string {
  const groups = groupRuns(report.runs, orderedConfigurations(report.runs));
  const good = groups.filter(({ faults }) => faults.length === 0).length;
  const verified = report.runs.filter(({ measured }) => measured?.verify.result === 'equal').length;
  const { head, main, scaling, notes } = markdownParts(report);
  return [
    `### ${title}`,
    `${commandText(flags)} ${good} of ${groups.length} configurations are valid in every run; \`verify\` found the results of ${verified} of ${report.runs.length} runs equal to a recount of the rows.`,
    head,
    `![${title}: a panel for each setting](${plot})`,
    ...(scaling === '' ? [] : [scaling]),
    '<details><summary>Every configuration</summary>',
    main,
    '</details>',
    notes,
  ].join('\n\n');
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
