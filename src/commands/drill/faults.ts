import type { Geometry } from '../../domain/geometry.js';
import { DtstreamError } from '../../errors.js';
import type { SourceFormat } from '../../sources/hit-source.js';
import type { Fault } from '../../sources/faults/fault.js';
import { kindRules } from '../../sources/faults/kinds.js';
import { parseFaults } from '../../sources/faults/parse.js';

/** Seconds of a run before its fault, in which the tests are at work. */
export const warmS = 100;

/** What a fault demands: that a test names it, that none raises anything, or nothing yet. */
export type Demand = 'named' | 'silence' | 'nothing';

/** Without times; what they must be called is in docs/simulator.md. */
const standard: Readonly<Record<Demand, readonly string[]>> = {
  named: [
    ...['dead:1:37', 'hot:1:37:10', 'lost-chamber:1', 'lost-fpga:0', 'layer-hv:1:2:0.5', 'drift:1:0.95', 't0:1:+12'],
    ...['clock-slip:0:+1bx', 'trigger-late:+25ns', 'orbit-slip:0:+1', 'trigger-lost', 'orbit-gap:6s', 'restart'],
    ...['stale-buffer:131071', 'duplicate:0.05', 'corrupt:0.01'],
  ],
  silence: ['orbit-wrap', 'burst:1:37', 'weak:1:37:0.6', 't0:1:+2'],
  nothing: ['weak:1:37:0.5', 'swap:1:28:32', 'swap:1:28:29', 'shift:1:0-31:+4', 'trigger-double:0.1'],
};

/** A fault of a drill at one rate. */
export interface DrillFault {
  /** Without its time; with the form of the rows where that matters. */
  readonly name: string;
  /** Undefined where the geometry does not have what it breaks. */
  readonly fault: Fault | undefined;
  readonly format: SourceFormat;
  readonly demand: Demand;
  /** Why it cannot be tested. */
  readonly why?: string;
}

/**
 * The faults of a drill, each at {@link warmS}.
 *
 * @param asked as the flag has them; undefined = the standard ones, of which those that the geometry cannot have are kept
 *   with the reason
 * @throws DtstreamError `usage` for a fault that was asked for and cannot be
 */
export function drillFaults(asked: string | undefined, geometry: Geometry, rateFactor: number): DrillFault[] {
  const texts = asked?.split(',') ?? Object.values(standard).flat();
  return texts.flatMap((text): DrillFault[] => {
    const formats: readonly SourceFormat[] = text.startsWith('corrupt:') ? ['words', 'csv'] : ['words'];
    return formats.map((format) => {
      const name = formats.length === 1 ? text : `${text} (${format === 'csv' ? 'CSV' : format})`;
      if (text.includes('@')) throw new DtstreamError('usage', `--fault ${text}: must have no time: a drill sets it`);
      try {
        const [fault] = parseFaults(`${text}@${warmS}`, geometry);
        const why = isNothingLeft(fault, geometry) ? 'no other board sends rows' : undefined;
        return {
          name,
          fault,
          format,
          demand: demandOf(fault, geometry, rateFactor),
          ...(why !== undefined && { why }),
        };
      } catch (error) {
        if (!(error instanceof DtstreamError) || asked !== undefined) throw error;
        return { name, fault: undefined, format, demand: 'nothing', why: error.message.replace(/^--fault \S+: /, '') };
      }
    });
  });
}

function demandOf({ text, kind, args, startS }: Fault, geometry: Geometry, rateFactor: number): Demand {
  // Fifty hits a second are more than all others of a channel at a tenth of the rate.
  if (kind === 'burst' && rateFactor < 1) return 'nothing';
  if (standard.silence.includes(text)) return 'silence';
  const { tests } = kindRules[kind].expect(args, { geometry, startS, isWords: true });
  return tests.length > 0 ? 'named' : 'nothing';
}

/** Whether a fault leaves no row at all. */
function isNothingLeft({ kind, args }: Fault, { chambers, triggers }: Geometry): boolean {
  return kind === 'lost-fpga' && [...chambers, ...triggers].every(({ fpga }) => fpga === args.board);
}
