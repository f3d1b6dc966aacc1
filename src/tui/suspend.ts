/**
 * Stops the job as Ctrl-Z does outside of a full screen: every process of the group that the shell has started. Returns
 * when somebody lets it go on, or at once where nobody could: a group without a shell is not stopped.
 */
export function stopJob(): void {
  process.kill(0, 'SIGTSTP');
}

/**
 * Calls `onContinue` when the process goes on after it was stopped, by whatever signal.
 *
 * @returns ends that
 */
export function watchContinue(onContinue: () => void): () => void {
  process.on('SIGCONT', onContinue);
  return () => void process.off('SIGCONT', onContinue);
}
