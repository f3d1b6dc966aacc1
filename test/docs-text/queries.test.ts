import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { parse } from 'yaml';
import { PromConsumeMetrics } from '../../src/commands/metrics/consume-metrics.js';
import { addLagMetrics } from '../../src/commands/metrics/lag-metrics.js';
import { addMonitorMetrics } from '../../src/commands/metrics/monitor-metrics.js';
import { addPoolMetrics } from '../../src/commands/metrics/pool-metrics.js';
import { PromProduceMetrics } from '../../src/commands/metrics/produce-metrics.js';
import { newRegistry } from '../../src/commands/metrics/registry.js';
import { parseQuery } from '../helpers/assert/promql.js';
import { directMessages, directPool, memorySource } from '../helpers/program/direct.js';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat?: string }[];
}

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const { panels } = JSON.parse(read('examples/grafana/dashboard.json')) as { panels: readonly Panel[] };
/** What Grafana puts in the place of its variables. */
const filled = (expr: string): string => expr.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '1h');
/** Labels that Prometheus itself gives. */
const given = ['instance', 'job'];

/** Names and labels of all series that produce, process and monitor serve. */
async function servedSeries(): Promise<Map<string, Set<string>>> {
  const [consume, produce, monitor] = [newRegistry('1'), newRegistry('1'), newRegistry('1')];
  const consumed = new PromConsumeMetrics(consume, 4);
  consumed.laneTaken(0, new Map([[0, 0]]));
  const pool = directPool();
  try {
    const rows = memorySource(Buffer.from('2,0,1,10,3,4\n'), 'csv');
    consumed.published({ messages: await directMessages([rows], pool), commitMs: 1 });
    addPoolMetrics(consume, pool);
    const of = { read: () => consumed.read, owns: () => true };
    addLagMetrics(consume, 'data_raw', of, () => Promise.resolve([{ partition: 0, first: 0, end: 1 }]));
    new PromProduceMetrics(produce, 1000).watch(() => ({ behindMs: 0, appendingMs: 0, inputIdleMs: 0 }) as never);
    addMonitorMetrics(monitor, { states: () => [], alarms: () => 0, unread: () => 0 });
    const texts = await Promise.all([consume, produce, monitor].map((registry) => registry.metrics()));
    const series = new Map<string, Set<string>>();
    for (const [, name, labels = ''] of texts.join('\n').matchAll(/^(\w+)(\{.*\})? /gm)) {
      const names = series.get(name) ?? new Set(given);
      for (const [, label] of labels.matchAll(/(\w+)="/g)) names.add(label);
      series.set(name, names);
    }
    return series;
  } finally {
    await pool.close();
  }
}

describe('queries of metrics', () => {
  let series: Map<string, Set<string>>;
  before(async () => {
    series = await servedSeries();
  });

  /** The labels that the result of a query may have. */
  const check = (expr: string): Set<string> => {
    const { selectors, grouping } = parseQuery(filled(expr));
    assert.ok(selectors.length > 0, expr);
    const all = new Set<string>();
    for (const { metric, labels } of selectors) {
      const known = series.get(metric);
      assert.ok(known, `no command serves ${metric}: ${expr}`);
      for (const label of labels) assert.ok(known.has(label), `${metric} has no label ${label}: ${expr}`);
      for (const label of known) all.add(label);
    }
    for (const label of grouping) assert.ok(all.has(label), `no metric has a label ${label}: ${expr}`);
    return all;
  };

  it('of the dashboard name metrics and labels that the commands serve', () => {
    const targets = panels.flatMap(({ targets = [] }) => targets);
    assert.ok(targets.length > 20);
    for (const { expr, legendFormat = '' } of targets) {
      const labels = check(expr);
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        assert.ok(labels.has(label), `${legendFormat} of ${expr}`);
        // A sum has those labels only that it is made by.
        if (/\b(sum|max|count)\b/.test(expr)) assert.ok(parseQuery(filled(expr)).grouping.includes(label), expr);
      }
    }
  });

  it('of the alert rules in docs/operations.md do, too', () => {
    const yaml = /^```yaml\n(groups:[^]*?)^```$/m.exec(read('docs/operations.md'))?.[1];
    const { groups } = parse(yaml ?? '') as { groups: { rules: { expr: string }[] }[] };
    const rules = groups.flatMap((group) => group.rules);
    assert.ok(rules.length > 5);
    for (const { expr } of rules) check(expr);
  });

  it('are refused when they are no PromQL, or ask for what no command serves', () => {
    assert.throws(() => parseQuery('sum(rate(dtstream_hits_total[1m])'), /no PromQL/);
    assert.throws(() => check('rate(dtstream_hit_total[1m])'), /no command serves dtstream_hit_total/);
    assert.throws(() => check('dtstream_hits_total{board="1"}'), /has no label board/);
    assert.throws(() => check('sum by (board) (dtstream_hits_total)'), /no metric has a label board/);
  });

  it('are in panels that have an id of their own and do not overlap', () => {
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h }, title }) => {
      assert.ok(x + w <= 24, title);
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`);
    });
    assert.equal(new Set(cells).size, cells.length);
  });
});
