import { visibleText } from '../../domain/visible-text.js';
import { DtstreamError } from '../../errors.js';

/** Longest list of groups that an error names. */
export const groupsNamedMax = 10;

/** The error where one group must be chosen. */
export function severalGroups(groups: Iterable<string>): DtstreamError {
  return new DtstreamError('usage', `several groups publish here (${groupNames(groups)}): choose one with --group`);
}

/** `night, shift`, for messages. */
export function groupNames(groups: Iterable<string>): string {
  const names = [...groups].map(visibleText).sort();
  return names.length < groupsNamedMax ? names.join(', ') : `${names.slice(0, groupsNamedMax).join(', ')}, …`;
}
