import assert from 'node:assert/strict';
import parsePrometheus from 'parse-prometheus-text-format';
import type { RunningCli } from '../program/cli.js';

interface Sample {
  readonly value?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly count?: string;
  readonly sum?: string;
}

/** The families of a Prometheus text. */
export class Metrics {
  readonly #families: ReadonlyMap<string, readonly Sample[]>;

  constructor(text: string) {
    const families = parsePrometheus(text) as { name: string; help: string; type: string; metrics: Sample[] }[];
    for (const { name, help, type } of families) assert.ok(help !== '' && type !== 'UNTYPED', name);
    this.#families = new Map(families.map(({ name, metrics }) => [name, metrics]));
  }

  /** The value of a series; of a histogram, how often it was observed. Throws where there is no such family. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number {
    const samples = this.#families.get(name);
    assert.ok(samples, `${name} is not among ${[...this.#families.keys()].join(' ')}`);
    const found = samples.find((sample) =>
      Object.entries(labels).every(([key, value]) => sample.labels?.[key] === value),
    );
    return Number(found?.count ?? found?.value);
  }

  /** All labels of a family with their values. */
  series(name: string): readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[] {
    return (this.#families.get(name) ?? []).map(({ labels = {}, value }) => [labels, Number(value)]);
  }
}

/** Asks a process for its metrics until they are as wanted; its stderr says where. */
export async function metricsWhen(running: RunningCli, isWanted: (metrics: Metrics) => boolean): Promise<Metrics> {
  const url = await metricsUrl(running);
  for (;;) {
    const metrics = await scrape(url);
    if (isWanted(metrics)) return metrics;
    assert.equal(running.child.exitCode, null, 'the process has ended before its metrics were as wanted');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const urls = new WeakMap<RunningCli, Promise<string>>();

/** Where a process serves its metrics, as soon as it says so. */
export function metricsUrl(running: RunningCli): Promise<string> {
  const known = urls.get(running) ?? saidUrl(running);
  urls.set(running, known);
  return known;
}

async function saidUrl({ child }: RunningCli): Promise<string> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (text: string) => {
      said += text;
      const url = /metrics on (http:\S+)/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.once('close', () => reject(new Error(`the process has ended: ${said}`)));
  });
}

async function scrape(url: string): Promise<Metrics> {
  const response = await fetch(url);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  return new Metrics(await response.text());
}
