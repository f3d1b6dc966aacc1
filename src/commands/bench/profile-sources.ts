import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CpuProfile } from '../../experiment/limits/stage-shares.js';

/**
 * A profile of the bundled program with the file of each call as it is among the sources: a comment in the bundle stands
 * above the lines of each (scripts/bundle.mjs).
 */
export function withSourceFiles(profile: CpuProfile): CpuProfile {
  const files = new Map<string, readonly SourceStart[]>();
  const nodes = profile.nodes.map((node) => {
    const { url, lineNumber } = node.callFrame;
    if (!url.startsWith('file:')) return node;
    const starts = files.get(url) ?? sourceStarts(url);
    files.set(url, starts);
    const source = starts.findLast(({ line }) => line < lineNumber);
    return source === undefined ? node : { ...node, callFrame: { ...node.callFrame, url: `${url}/${source.path}` } };
  });
  return { ...profile, nodes };
}

/** The line, counted from 0, below which the code of a source file begins. */
interface SourceStart {
  readonly line: number;
  readonly path: string;
}

function sourceStarts(url: string): SourceStart[] {
  const lines = readFileSync(fileURLToPath(url), 'utf8').split('\n');
  return lines.flatMap((text, line) => {
    const path = /^\/\/ ((?:src|node_modules)\/\S+)$/.exec(text)?.[1];
    return path === undefined ? [] : [{ line, path }];
  });
}
