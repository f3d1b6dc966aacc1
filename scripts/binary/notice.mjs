// NOTICE: the packages whose code the npm package and the single executable carry, with their licences.
// npm run notice writes it; with --check it only says whether it is current.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programInputs } from '../bundle.mjs';
import { carriedFiles, packageOf } from './carried-packages.mjs';

/** What the native part of lmdb is made of: its licences lie deeper in that package. */
const nativeParts = [
  { name: 'LMDB', files: ['lmdb/libraries/liblmdb/COPYRIGHT', 'lmdb/libraries/liblmdb/LICENSE'] },
  { name: 'LZ4', files: ['lz4/lib/LICENSE'] },
];

const file = 'NOTICE';
const text = noticeText([...(await programInputs()), ...carriedFiles()]);
if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  console.error('NOTICE does not match the packages in the program: npm run notice updates it');
  process.exit(1);
}

function noticeText(paths) {
  const folders = [...new Set(paths.filter((path) => path.startsWith('node_modules/')).map(packageOf))].sort();
  const packages = folders.map((folder) => ({
    folder,
    ...JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  }));
  const width = Math.max(...packages.map(({ name, version }) => `${name} ${version}`.length));
  const list = packages.map((each) => `  ${`${each.name} ${each.version}`.padEnd(width)}  ${licenceName(each)}`);
  return `dtstream is under the MIT licence (LICENSE).

It carries code of these packages (its npm package of some, as npm installs the others beside it):

${list.join('\n')}

lmdb brings the LMDB library (OpenLDAP Public License) and LZ4 (BSD-2-Clause) in its native part.

The single executable is Node.js with all that in it. Node.js is under the MIT licence; it and the parts that it carries
(V8, libuv, OpenSSL, ICU and others) are listed with their licences in the file LICENSE of its sources.

${groupByText(packages).join('\n')}`;
}

/** Each licence text once, below the packages that it is the text of. */
function groupByText(packages) {
  const groups = new Map();
  for (const { folder, name } of packages) {
    const text = licenceTexts(folder);
    if (text !== '') groups.set(text, [...(groups.get(text) ?? []), name]);
  }
  for (const { name, files } of nativeParts) {
    groups.set(joined(files.map((path) => join('node_modules/lmdb/dependencies', path))), [name]);
  }
  const line = '-'.repeat(80);
  return [...groups].map(([text, names]) => `${line}\n${names.join(', ')}\n\n${text}\n`);
}

function licenceTexts(folder) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|notice|copyright)/i.test(name));
  return joined(names.sort().map((name) => join(folder, name)));
}

function joined(files) {
  const texts = files.map((path) =>
    readFileSync(path, 'utf8')
      .replace(/\r/g, '')
      .replace(/[ \t]+$/gm, '')
      .trim(),
  );
  return texts.join('\n\n');
}

/** Older packages have a list. */
function licenceName({ licenses, license = licenses?.[0]?.type }) {
  if (typeof license !== 'string')
    throw new Error(`a package says its licence in another way: ${JSON.stringify(license)}`);
  return license;
}
