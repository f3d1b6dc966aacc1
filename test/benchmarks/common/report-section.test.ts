import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { writeSection } from '../../../benchmarks/common/report-section.js';
import { tempFolder } from '../../sources/temp-folder.js';

it('a section is written in its place, formatted, and others stay as they are', async (context) => {
  const page = join(
    tempFolder(context, { 'page.md': '# Page\n\n<!-- a:begin -->\n\nold\n\n<!-- a:end -->\n' }),
    'page.md',
  );
  await writeSection(page, 'b', '| x | y |\n| --- | ---: |\n| long | 1 |');
  await writeSection(page, 'a', 'new');
  const text = '# Page\n\n<!-- a:begin -->\n\nnew\n\n<!-- a:end -->\n\n<!-- b:begin -->\n\n';
  const table = '| x    |   y |\n| ---- | --: |\n| long |   1 |\n\n<!-- b:end -->\n';
  assert.equal(readFileSync(page, 'utf8'), text + table);
});
