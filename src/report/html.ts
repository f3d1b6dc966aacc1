import { escaped } from '../plots/escaped.js';

/** A table with a head, which scrolls by itself where it is wider than the page. */
export interface Table {
  readonly caption: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** First of the columns whose numbers stand under each other at the right; absent = none. */
  readonly numbersFrom?: 1 | 2 | 3;
}

export function tableHtml({ caption, heads, rows, numbersFrom }: Table): string {
  const head = heads.map((text) => `<th scope="col">${escaped(text)}`).join('');
  // End tags of cells and rows may be left out, and there are thousands.
  const body = rows.map((row) => `<tr>${row.map((text) => `<td>${escaped(text)}`).join('')}`).join('\n');
  const numbers = numbersFrom === undefined ? '' : ` class="n${numbersFrom}"`;
  return `<div class="wide" tabindex="0" role="region" aria-label="${escaped(caption)}"><table${numbers}><caption>${escaped(caption)}</caption>
<thead><tr>${head}</thead>
<tbody>${body}</tbody></table></div>`;
}

/** A part of the page that is folded until it is asked for. */
export function foldedHtml(summary: string, content: string): string {
  return `<details><summary>${escaped(summary)}</summary>${content}</details>`;
}

export function sectionHtml(title: string, content: string, className = ''): string {
  return `<section${className === '' ? '' : ` class="${className}"`}><h2>${escaped(title)}</h2>
${content}
</section>`;
}

export function paragraphHtml(text: string, className = ''): string {
  return `<p${className === '' ? '' : ` class="${className}"`}>${escaped(text)}</p>`;
}

/** Names and what stands for them. */
export function definitionsHtml(rows: readonly (readonly [string, string])[]): string {
  return `<dl>${rows.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('\n')}</dl>`;
}

/** Pictures beside each other, each below its title. */
export function figuresHtml(figures: readonly { readonly title: string; readonly svg: string }[]): string {
  // The title is in the picture, too: for those who see it, and those who do not.
  const all = figures.map(
    ({ title, svg }) => `<figure><figcaption aria-hidden="true">${escaped(title)}</figcaption>${svg}</figure>`,
  );
  return `<div class="plots">${all.join('\n')}</div>`;
}
