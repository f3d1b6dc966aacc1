import assert from 'node:assert/strict';

/** Asserts that a page has a text, without printing all of it where it has not. */
export function assertHas(page: string, wanted: RegExp): void {
  assert.ok(wanted.test(page), `no ${String(wanted)} in a page of ${page.length} characters`);
}

/** Tables of a page by their captions, as texts of cells, heads first. */
export function pageTables(page: string): Map<string, string[][]> {
  const tables = [...page.matchAll(/<table[^>]*><caption>(.*?)<\/caption>([^]*?)<\/table>/g)];
  return new Map(
    tables.map(([, caption, rows]) => [
      plain(caption),
      rows
        .split('<tr>')
        .slice(1)
        .map((row) => [...row.matchAll(/<t[hd][^>]*>([^<]*)/g)].map(([, cell]) => plain(cell))),
    ]),
  );
}

/** A column of a table of a page by its head. @throws Error where there is none */
export function pageColumn(page: string, caption: string, head: string): string[] {
  const [heads, ...rows] = pageTables(page).get(caption) ?? [[]];
  const at = heads.indexOf(head);
  if (at < 0) throw new Error(`no column ${head} in ${caption}`);
  return rows.map((row) => row[at]);
}

/** The same as numbers. */
export function pageNumbers(page: string, caption: string, head: string): number[] {
  return pageColumn(page, caption, head).map((text) => Number(text.replaceAll(',', '')));
}

function plain(text: string): string {
  return text.trim().replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}
