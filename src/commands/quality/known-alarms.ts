import type { Alarm } from '../../quality/events.js';
import { objectText } from '../../quality/object-text.js';
import type { KnownRemark } from './logbook-state.js';

/** An object that was well for so long is no longer known to be bad, in ms of the clock that stamps messages. */
const forgottenMs = 3_600_000;

/** What is wrong with an object: too little, too much, or at another time. */
type FaultKind = 'low' | 'high' | 'box';

interface KnownObject {
  readonly remark: KnownRemark;
  /** What it is known for: at first, whatever it shows next. */
  kinds: ReadonlySet<FaultKind> | undefined;
  /** Alarms that were expected at the last look. */
  expected: ReadonlySet<string>;
  /** When it last had one of them. */
  lastMs: number;
}

/**
 * Which alarms are those of objects that are known to be bad. An object with another fault than the one it is known for is
 * worse; one that had none for an hour is as good as any other.
 */
export class KnownAlarms {
  readonly #objects = new Map<string, KnownObject>();
  readonly #worse = new Set<string>();
  #nowMs = -Infinity;

  /**
   * Takes the alarms that stand after a look, parts included.
   *
   * @param said objects that the logbook calls known
   * @param nowMs by the clock that stamps messages
   */
  update(alarms: readonly Alarm[], said: ReadonlyMap<string, KnownRemark>, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#worse.clear();
    for (const name of this.#objects.keys()) if (!said.has(name)) this.#objects.delete(name);
    for (const [name, remark] of said) {
      let object = this.#objects.get(name);
      if (object?.remark.time !== remark.time) {
        object = { remark, kinds: kindsOf(remark.tests), expected: new Set(), lastMs: nowMs };
        this.#objects.set(name, object);
      }
      const standing = alarms.filter((alarm) => objectText(alarm) === name);
      if (object.kinds === undefined && standing.length > 0) {
        object.kinds = kindsOf(standing.map(({ test }) => test));
        object.lastMs = nowMs;
      }
      const { kinds, lastMs, expected } = object;
      const isKept = nowMs - lastMs <= forgottenMs;
      const isKnown = ({ id, test }: Alarm): boolean =>
        expected.has(id) || (isKept && kinds?.has(kindOf(test)) === true);
      const known = standing.filter(isKnown);
      object.expected = new Set(known.map(({ id }) => id));
      if (known.length > 0) object.lastMs = nowMs;
      for (const alarm of standing) if (!known.includes(alarm)) this.#worse.add(alarm.id);
    }
  }

  /** Objects that are known to be bad still. */
  get known(): ReadonlyMap<string, KnownRemark> {
    const isKept = ({ kinds, lastMs }: KnownObject): boolean =>
      kinds === undefined || this.#nowMs - lastMs <= forgottenMs;
    return new Map(
      [...this.#objects].filter(([, object]) => isKept(object)).map(([name, { remark }]) => [name, remark]),
    );
  }

  /** Ids of alarms of known objects that are not what they are known for. */
  get worse(): ReadonlySet<string> {
    return new Set(this.#worse);
  }

  /** The remark on the object of an alarm, if that is one it is known for. */
  remarkOf(alarm: Alarm): KnownRemark | undefined {
    const object = this.#objects.get(objectText(alarm));
    return object?.expected.has(alarm.id) === true ? object.remark : undefined;
  }
}

/** Undefined where no test is told. */
function kindsOf(tests: readonly string[] = []): ReadonlySet<FaultKind> | undefined {
  return tests.length === 0 ? undefined : new Set(tests.map(kindOf));
}

function kindOf(test: string): FaultKind {
  if (test.startsWith('box_')) return 'box';
  return test.endsWith('_high') ? 'high' : 'low';
}
