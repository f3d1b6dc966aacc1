import { z } from 'zod';
import { limitSchema } from '../../src/experiment/limits/limit.js';
import { experimentSchema, type Report } from '../../src/experiment/report.js';
import { runResultSchema } from '../../src/experiment/runs/run-result.js';
import { dtstream } from './program.js';
import { timedRun } from './timed-run.js';

const reportSchema = z.object({
  experiment: experimentSchema,
  runs: z.array(runResultSchema),
  limits: z.array(limitSchema),
  runsLeft: z.int(),
});

/** Runs `dtstream bench` with flags. @throws Error when it fails, or leaves runs out */
export async function dtstreamBench(...flags: readonly (string | number)[]): Promise<Report> {
  const { stdout } = await timedRun(dtstream('bench', '--format', 'json', ...flags));
  return reportSchema.parse(JSON.parse(stdout));
}
