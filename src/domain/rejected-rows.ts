import type { Ledger } from './batch-message.js';

/** Rows that broke a rule, of all rules. */
export function rejectedRows({ fields, number, range }: Ledger['rejected']): number {
  return fields + number + range;
}
