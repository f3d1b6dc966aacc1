import { z } from 'zod';

/** What the truth of a simulated run says of a fault; docs/simulator.md. */
const faultLineSchema = z.object({
  orbit_first: z.int().nullable(),
  at_s: z.number(),
  expect: z.array(z.string()),
  also: z.array(z.string()),
  object: z.string(),
});
export type FaultLine = z.infer<typeof faultLineSchema>;

/** The line of the only fault among lines of a truth. */
export function faultLineOf(lines: readonly unknown[]): FaultLine {
  const found = lines.filter((line) => typeof line === 'object' && line !== null && 'fault' in line);
  return faultLineSchema.parse(found[0]);
}
