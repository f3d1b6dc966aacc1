/** Flags of `dtstream config show`. */
export interface ConfigShowFlags {
  readonly config?: string;
  readonly json: boolean;
}
