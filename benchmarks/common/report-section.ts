import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { format, resolveConfig } from 'prettier';

/**
 * Replaces what stands between the markers of a section in a Markdown file; appends the section when there is none. The
 * file is as prettier would have it afterwards.
 */
export async function writeSection(path: string, section: string, body: string): Promise<void> {
  const [begin, end] = [`<!-- ${section}:begin -->`, `<!-- ${section}:end -->`];
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  const written = `${begin}\n\n${body.trim()}\n\n${end}`;
  const page = from < 0 ? `${text}\n${written}\n` : text.slice(0, from) + written + text.slice(to + end.length);
  writeFileSync(path, await format(page, { ...(await resolveConfig('docs/benchmarks.md')), parser: 'markdown' }));
}

/** A Markdown table. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [header, header.map((_, column) => (column === 0 ? '---' : '---:')), ...rows].map(line).join('\n');
}

/** One line on what ran where and when. */
export function machineLine(): string {
  const [cpu] = cpus();
  const memoryGiB = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()[0].toFixed(1);
  const date = new Date().toISOString().slice(0, 10);
  return `${cpus().length} × ${cpu.model}, ${memoryGiB} GiB, ${type()} ${release()}, Node ${process.version}; ${date}, load ${load} before.`;
}
