import type { Geometry } from '../../domain/geometry.js';
import { DtstreamError } from '../../errors.js';
import { type FaultArgs, FaultRuleError } from './arguments.js';
import type { Fault } from './fault.js';
import { type FaultKind, faultKinds, formOf, kindRules } from './kinds.js';

/** Largest time of a fault: a year, in s. */
const secondsMax = 366 * 86_400;

/**
 * Reads faults: `KIND:ARGS@START[-END][,...]`, times in detector seconds.
 *
 * @throws DtstreamError `usage`, with the part that is wrong and the rule
 */
export function parseFaults(text: string, geometry: Geometry): readonly Fault[] {
  const parts = text.split(',');
  const repeated = parts.find((part, index) => parts.indexOf(part) < index);
  if (repeated !== undefined) throw new DtstreamError('usage', `--fault ${repeated}: is given twice`);
  const faults = parts.map((part) => {
    try {
      return parseFault(part, geometry);
    } catch (error) {
      if (!(error instanceof FaultRuleError)) throw error;
      throw new DtstreamError('usage', `--fault ${part}: ${error.message}`);
    }
  });
  const wraps = faults.filter(({ kind }) => kind === 'orbit-wrap');
  if (wraps.length > 1) throw new DtstreamError('usage', `--fault ${text}: orbit-wrap must not be given twice`);
  return faults;
}

function parseFault(text: string, geometry: Geometry): Fault {
  const [what, times, ...more] = text.split('@');
  const [name, ...parts] = what.split(':');
  const kind = faultKinds.find((one) => one === name);
  if (kind === undefined) throw new FaultRuleError(`kind must be one of ${faultKinds.join(', ')}, got ${name}`);
  const rule = kindRules[kind];
  if (parts.length !== rule.args.length || times === undefined || more.length > 0) {
    throw new FaultRuleError(`must be ${formOf(kind)}@START${rule.isMoment === true ? '' : '[-END]'}, got ${text}`);
  }
  if (rule.needsTrigger === true && geometry.triggers.length === 0) {
    throw new FaultRuleError(`${kind} needs a trigger in the geometry, got none`);
  }
  let args: FaultArgs = {};
  rule.args.forEach(({ read }, index) => (args = { ...args, ...read(parts[index], geometry, args) }));
  return { kind, text: what, args, ...timesOf(times, kind) };
}

function timesOf(text: string, kind: FaultKind): Pick<Fault, 'startS' | 'endS'> {
  const [start, end, ...more] = text.split('-');
  const startS = secondsOf(start);
  if (startS === undefined) throw new FaultRuleError(`START must be ${secondsRule}, got ${start}`);
  if (kindRules[kind].isMoment === true) {
    if (end !== undefined) throw new FaultRuleError(`${kind} happens at START and has no END, got ${text}`);
    return { startS, endS: startS };
  }
  if (end === undefined) return { startS, endS: Infinity };
  const endS = secondsOf(end);
  if (endS === undefined || endS <= startS || more.length > 0) {
    throw new FaultRuleError(`END must be ${secondsRule} and after START, got ${text}`);
  }
  return { startS, endS };
}

const secondsRule = `seconds from 0 to ${secondsMax}, such as 700 or 0.5`;

function secondsOf(text: string): number | undefined {
  const seconds = /^\d+(\.\d+)?s?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  return seconds <= secondsMax ? seconds : undefined;
}
