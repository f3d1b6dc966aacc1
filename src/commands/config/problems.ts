import { z } from 'zod';
import { type ConfigFile, type ConfigProblem } from './file.js';
import { configSchema, type ConfigValues, wholeConfigSchema } from './schema.js';
import { didYouMean } from './did-you-mean.js';

/** The values of a file that keeps the schema, or everything that does not. */
export type CheckedConfig =
  | { readonly values: ConfigValues; readonly problems?: undefined }
  | { readonly values?: undefined; readonly problems: readonly ConfigProblem[] };

/** Checks a file against the schema. */
export function checkConfig(file: ConfigFile): CheckedConfig {
  if (file.faults.length > 0) return { problems: file.faults };
  const parsed = wholeConfigSchema.safeParse(file.value ?? {});
  if (parsed.success) return { values: parsed.data };
  return { problems: parsed.error.issues.flatMap((issue) => problemsOf(file, innermost(issue), [])) };
}

/** The flags of a file whose other parts may be wrong; undefined where they break the schema themselves. */
export function flagsOf(file: ConfigFile): Pick<ConfigValues, 'defaults' | 'commands'> | undefined {
  return z.object(configSchema.pick({ defaults: true, commands: true }).shape).safeParse(file.value).data;
}

/** Of an issue with several ways to be right, the way that came furthest. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const ways = issue.errors.map((way) => way.map((inner) => innermost(inner)));
  const closest = ways
    .flatMap((way) => way.slice(0, 1))
    .find((inner) => inner.path.length > 0 || inner.code === 'unrecognized_keys');
  return closest === undefined ? issue : { ...closest, path: [...issue.path, ...closest.path] };
}

function problemsOf(file: ConfigFile, issue: z.core.$ZodIssue, before: readonly PropertyKey[]): ConfigProblem[] {
  const path = [...before, ...issue.path];
  const where = path.length > 0 ? `${path.join('.')}: ` : '';
  if (issue.code !== 'unrecognized_keys') return [{ place: file.placeOf(path), rule: where + ruleOf(issue) }];
  return issue.keys.map((key) => ({
    place: file.placeOf(path, key),
    rule: `${where}Unrecognized key: "${key}"${hintFor(key, path)}`,
  }));
}

/** The rule in our voice where the schema's own is about its programming language. */
function ruleOf({ message }: z.core.$ZodIssue): string {
  const [, expected, received] = /^Invalid input: expected (\w+), received (\w+)$/.exec(message) ?? [];
  if (expected === undefined) return message;
  const what = expected === 'object' ? 'a list of keys' : expected === 'array' ? 'a list' : `a ${expected}`;
  return received === 'undefined' ? `is required: ${what}` : `must be ${what}`;
}

function hintFor(key: string, path: readonly PropertyKey[]): string {
  if (/password|secret|token/i.test(key)) {
    return ' (secrets do not belong here: see passwordFile and DTSTREAM_KAFKA_PASSWORD in docs/configuration.md)';
  }
  return didYouMean(key, knownKeys(path));
}

/** Keys that the schema knows at a path. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  const jsonSchema: unknown = z.toJSONSchema(configSchema, { io: 'input' });
  let places = [jsonSchema];
  for (const step of path) {
    places = places.flatMap(waysOf).map((place) => {
      return typeof step === 'number' ? child(place, 'items') : child(child(place, 'properties'), String(step));
    });
  }
  return places.flatMap(waysOf).flatMap((place) => Object.keys(child(place, 'properties') ?? {}));
}

function waysOf(place: unknown): unknown[] {
  const ways = child(place, 'anyOf');
  return Array.isArray(ways) ? (ways as unknown[]) : [place];
}

function child(place: unknown, key: string): object | undefined {
  const found: unknown = typeof place === 'object' && place !== null ? Reflect.get(place, key) : undefined;
  return typeof found === 'object' && found !== null ? found : undefined;
}
