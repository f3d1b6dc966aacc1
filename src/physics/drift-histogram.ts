/** A histogram of drift times with bins of one width. */
export interface DriftHistogram {
  readonly counts: readonly number[];
  /** Lower edge of the first bin, in ns. */
  readonly offsetNs: number;
  readonly binNs: number;
}
