import assert from 'node:assert/strict';
import { parser } from '@prometheus-io/lezer-promql';

/** What a query of Prometheus asks for. */
export interface Query {
  /** Metrics with the labels that they are chosen by. */
  readonly selectors: readonly { readonly metric: string; readonly labels: readonly string[] }[];
  /** Labels in `by (…)`, `without (…)`, `on (…)`, `ignoring (…)` and `group_left (…)`. */
  readonly grouping: readonly string[];
}

/** Parses a query with the grammar of Prometheus itself. Throws where it has an error. */
export function parseQuery(text: string): Query {
  const selectors: { metric: string; labels: string[] }[] = [];
  const grouping: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      const word = text.slice(from, to);
      assert.ok(!type.isError, `no PromQL at ${from}: ${text}`);
      if (type.name === 'Identifier') selectors.push({ metric: word, labels: [] });
      if (type.name !== 'LabelName') return;
      if (node.parent?.type.name === 'GroupingLabels') grouping.push(word);
      else selectors.at(-1)?.labels.push(word);
    },
  });
  return { selectors, grouping };
}
