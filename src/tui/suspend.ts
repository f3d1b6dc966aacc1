/**
 * Stops the job like Ctrl-Z outside of a full screen: every process of the process group that the shell has started.
 * Returns when the job continues, or at once if nothing could continue it: a group without a shell is not stopped.
 */
export function stopJob(): void {
  process.kill(0, 'SIGTSTP');
}

/**
 * Calls `onContinue` when the process continues after a stop by any signal.
 *
 * @returns ends that
 */
export function watchContinue(onContinue: () => void): () => void {
  process.on('SIGCONT', onContinue);
  return () => void process.off('SIGCONT', onContinue);
}
