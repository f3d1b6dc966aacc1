import { physicsPlan } from '../../domain/physics-plan.js';
import { DtstreamError } from '../../errors.js';
import { physicsHash } from '../../pipeline/consume/geometry-hash.js';
import { Quality } from '../../quality/quality.js';
import type { QualityReference } from '../../quality/quality-reference.js';
import { addReferences } from '../../quality/reference-of.js';
import { type UhiPlan, writeReference } from '../../quality/uhi.js';
import { loadConfig } from '../config/load.js';
import type { Console } from '../console/console.js';
import { DraftFile } from '../flags/draft-file.js';
import { programVersion } from '../program-version.js';
import type { ReferenceFlags } from './flags.js';
import { fromMessages } from './from-messages.js';
import { liveAdvisedS, liveMinS } from './live-time.js';
import { coverageText, referencePage } from './page.js';
import { readReferenceFile } from './read-file.js';

/** `dtstream reference`: makes a reference of messages or of others, or shows one. */
export async function runReference(console: Console, isFromStdin: boolean, flags: ReferenceFlags): Promise<void> {
  const { geometry, physics, quality: settings } = await loadConfig(flags.config);
  const geometryHash = physicsHash(geometry, physics);
  const plan = physicsPlan(geometry, physics, { isFull: true, hash: geometryHash });
  if (flags.show !== undefined) {
    const reference = await readReferenceFile(flags.show);
    await console.writeLines(referencePage(reference, { geometry, plan, settings }));
    return;
  }
  const out = flags.out === undefined ? undefined : await DraftFile.open(outputOf(flags.out, flags));
  try {
    const { add } = flags;
    const reference =
      add === undefined
        ? await fromMessages(console, {
            isFromStdin,
            flags,
            quality: () => new Quality({ geometry, physics, geometryHash, settings }),
            geometryHash,
          })
        : await sumOfFiles(console, add, plan);
    checkLiveTime(reference);
    const text = writeReference(reference, plan, programVersion());
    if (out === undefined) await console.writeOut(text);
    else {
      await out.write(Buffer.from(text));
      await out.complete();
    }
    say(console, reference, flags);
  } finally {
    await out?.discard();
  }
}

async function sumOfFiles(console: Console, paths: readonly string[], plan: UhiPlan): Promise<QualityReference> {
  let sum: QualityReference | undefined;
  for (const path of paths) {
    const next = await readReferenceFile(path, plan);
    if (sum !== undefined && overlap(sum, next))
      console.logLine(`the times of ${path} overlap those before: is any message in both?`, 'warn');
    sum = sum === undefined ? next : addReferences(sum, next);
  }
  if (sum === undefined) throw new DtstreamError('usage', '--add must name at least one file');
  return sum;
}

function overlap({ times: one }: QualityReference, { times: other }: QualityReference): boolean {
  return one !== undefined && other !== undefined && one[0] < other[1] && other[0] < one[1];
}

/** References are never lost to a second one by accident. */
function outputOf(path: string, { force, add = [], config }: ReferenceFlags) {
  const inputs = [...add, ...(config === undefined ? [] : [config])];
  return {
    flag: '--out',
    ...{ path, force, content: undefined, isOwn: () => false },
    inputs: inputs.map((name) => ({ kind: 'file' as const, name, bytesTotal: undefined })),
  };
}

function checkLiveTime({ liveS }: QualityReference): void {
  if (liveS >= liveMinS) return;
  const rule = `it needs at least ${liveMinS} s of live time, got ${liveS.toFixed(1)} s`;
  throw new DtstreamError('not-comparable', `cannot make a reference: ${rule}`);
}

function say(console: Console, reference: QualityReference, { out, quiet }: ReferenceFlags): void {
  const { liveS, chambers } = reference;
  if (!quiet) console.logLine(`${out === undefined ? 'reference' : `wrote ${out}`}: ${coverageText(reference)}`);
  if (liveS < liveAdvisedS)
    console.logLine(`${liveAdvisedS} s or more are advised: with ${liveS.toFixed(0)} s, tests take longer to be sure`, 'warn'); // prettier-ignore
  const excluded = chambers.flatMap(({ notLearned }, chamber) => notLearned.map((channel) => `${chamber}:${channel}`));
  if (excluded.length > 0)
    console.logLine(`not learned, as they differ from their neighbours: ${excluded.join(', ')}`, 'warn');
}
