let version = 'unknown';

/** Sets what {@link programVersion} says from now on. */
export function setProgramVersion(text: string): void {
  version = text;
}

/** Version of the running program. */
export function programVersion(): string {
  return version;
}
