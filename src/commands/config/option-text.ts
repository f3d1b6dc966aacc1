import { InvalidArgumentError, type Option } from 'commander';
import { maskedValue } from '../console/without-secrets.js';

const onTexts: readonly string[] = ['true', '1', 'yes', 'on'];
const offTexts: readonly string[] = ['false', '0', 'no', 'off'];

/** The name of an option on the command line, without dashes. */
export function flagName(option: Option): string {
  return (option.long ?? option.name()).replace(/^--/, '');
}

/**
 * Flags that may not have a default: the configuration file itself, and flags that delete or forget something. A service
 * that restarts with one of these would do it again.
 */
const onceOnly: readonly string[] = ['config', 'reset', 'recreate-topics', 'yes', 'force'];

/** Whether a flag may have a default outside of the command line. */
export function isSettable(option: Option): boolean {
  return !onceOnly.includes(flagName(option)) && !option.negate;
}

/** The environment's name of an option: `--batch-rows` is `DTSTREAM_BATCH_ROWS`. */
export function variableName(option: Option): string {
  return `DTSTREAM_${flagName(option).toUpperCase().replaceAll('-', '_')}`;
}

/**
 * Reads the text that stands for an option outside of the command line, by the option's own rules.
 *
 * @returns the value, or the rule that the text breaks
 */
export function parseOptionText(option: Option, text: string): { readonly value: unknown } | { readonly rule: string } {
  const shown = maskedValue(flagName(option), text);
  if (option.isBoolean()) {
    const lower = text.toLowerCase();
    if (onTexts.includes(lower)) return { value: true };
    return offTexts.includes(lower) ? { value: false } : { rule: `must be true or false, got ${shown}` };
  }
  if (text === '') return { rule: 'must not be empty' };
  try {
    const value: unknown = option.parseArg === undefined ? text : option.parseArg<unknown>(text, undefined);
    return { value };
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    const rule = error.message.replace('Allowed choices are', 'must be one of').replace(/\.$/, '');
    return { rule: `${rule}, got ${shown}` };
  }
}
