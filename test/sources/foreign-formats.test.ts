import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { foreignFormat, markupFormat } from '../../src/sources/foreign-formats.js';
import { looksLikeText } from '../../src/sources/input-format.js';
import { isPlausible, lookAtWords } from '../../src/sources/words/plausible-words.js';
import { someHits, wordsOf } from './words/hit-words.js';
import { rawFrame } from './packed/zstd-frames.js';

function whatIs(bytes: Buffer): string | undefined {
  return foreignFormat(bytes, { isText: looksLikeText(bytes), isWords: isPlausible(lookAtWords(bytes)) })?.what;
}

/** The first bytes of a file as they stand in the format's specification, filled up. */
const latin1 = (text: string, length = 64): Buffer =>
  Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(length, 1)]);

function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(
    '0000644\0' +
      '0001750\0' +
      '0001750\0' +
      content.length.toString(8).padStart(11, '0') +
      '\0' +
      '0'.repeat(11) +
      '\0',
    100,
  );
  header.fill(' ', 148, 156);
  header.write('0ustar\x0000', 156);
  header.write(
    header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0') + '\0 ',
    148,
  );
  return Buffer.concat([header, content, Buffer.alloc(512 - (content.length % 512))]);
}

describe('foreignFormat', () => {
  const known: Readonly<Record<string, readonly string[]>> = {
    'a PNG image': ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
    'a JPEG image': ['\xff\xd8\xff\xe0\0\x10JFIF\0', '\xff\xd8\xff\xdb'],
    'a TIFF image': ['II*\0\x08\0\0\0', 'MM\0*\0\0\0\x08', 'II+\0\x08\0\0\0', 'MM\0+\0\x08\0\0'],
    'a BMP image': ['BM\x36\x10\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0'],
    'a RIFF file (WebP, WAV or AVI)': ['RIFF\x24\x08\0\0WAVEfmt '],
    'an MP4 video or HEIF image': ['\0\0\0\x18ftypisom'],
    Parquet: ['PAR1\x15\x04\x15\x80'],
    'an Arrow file (Feather)': ['ARROW1\0\0\xff\xff\xff\xff'],
    'an Arrow stream': ['\xff\xff\xff\xff\x70\x01\0\0\x10\0\0\0'],
    ORC: ['ORC\x08\x03\x10'],
    Avro: ['Obj\x01\x04\x16avro.schema'],
    'a ROOT file': ['root\0\0\xf3\x7c\0\0\0\x64'],
    HDF5: ['\x89HDF\r\n\x1a\n\0\0'],
    NetCDF: ['CDF\x01\0\0\0\0', 'CDF\x02\0\0\0\x01', 'CDF\x05\0\0\0\0'],
    'a NumPy array (.npy)': ["\x93NUMPY\x01\0v\0{'descr': '<u8'"],
    'a Python pickle': ['\x80\x04\x95\x0c\0\0\0\0\0\0\0]\x94', '\x80\x03}q\0(X\x01\0\0\0ar', '\x80\x02cnumpy\nx'],
    SQLite: ['SQLite format 3\0\x10\0'],
    LMDB: [`${'\0'.repeat(16)}\xde\xc0\xef\xbe\x01\0\0\0`],
    DuckDB: ['\x01\x02\x03\x04\x05\x06\x07\x08DUCK'],
    'a network capture (pcap)': ['\xd4\xc3\xb2\xa1\x02\0\x04\0'],
    'a network capture (pcapng)': ['\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a'],
    'an old Office file (xls, doc)': ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
    'an ELF program': ['\x7fELF\x02\x01\x01\0'],
    'a Windows program': [`MZ\x90\0${'\0'.repeat(56)}\x40\0\0\0PE\0\0`],
    'a macOS program': ['\xcf\xfa\xed\xfe\x07\0\0\x01'],
    WebAssembly: ['\0asm\x01\0\0\0'],
    'an Office file (xlsx)': [`PK\x03\x04${'\0'.repeat(22)}\x13\0\0\0[Content_Types].xml`],
    'a NumPy archive (.npz)': [`PK\x03\x04${'\0'.repeat(22)}\x08\0\0\0hits.npy`],
    'a zip archive': [`PK\x03\x04${'\0'.repeat(22)}\x07\0\0\0run.csv`],
    'an empty zip archive': ['PK\x05\x06\0\0'],
    bzip2: ['BZh91AY&SY', 'BZh9\x17rE8P\x90'],
    xz: ['\xfd7zXZ\0\0\x04'],
    lzma: ['\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0'],
    lz4: ['\x04\x22\x4d\x18\x64', '\x02\x21\x4c\x18'],
    lzip: ['LZIP\x01\x0c'],
    snappy: ['\xff\x06\0\0sNaPpY'],
    'compress (.Z)': ['\x1f\x9d\x90'],
    'a 7z archive': ['7z\xbc\xaf\x27\x1c\0\x04'],
    'a RAR archive': ['Rar!\x1a\x07\x01\0'],
    PDF: ['%PDF-1.4\n%\xe2\xe3\xcf\xd3\n'],
    FITS: ['SIMPLE  =                    T / conforms to FITS'],
    'a GIF image': ['GIF87a\x01\0', 'GIF89a\x01\0'],
    'a MATLAB file': ['MATLAB 5.0 MAT-file, Platform: GLNXA64'],
    'a MATLAB file (HDF5)': ['MATLAB 7.3 MAT-file, Platform: GLNXA64'],
    'an archive of ar': ['!<arch>\ndebian-binary   '],
  };

  test('names each format by its first bytes', () => {
    for (const [what, starts] of Object.entries(known)) {
      for (const start of starts) assert.equal(whatIs(latin1(start)), what);
    }
  });

  test('names what is packed twice', () => {
    assert.equal(whatIs(gzipSync('hits')), 'gzip');
    assert.equal(whatIs(rawFrame([Buffer.from('hits')], { checksum: true })), 'Zstandard');
  });

  test('names a tar archive by the sum of its first header, also of words and with a long name', () => {
    for (const content of [wordsOf(someHits(200)), Buffer.from('2,0,5,1,2,3\n')]) {
      for (const name of ['a', 'runs/591/data_000000.csv']) {
        assert.equal(whatIs(tarOf(name, content)), 'a tar archive');
        assert.equal(whatIs(tarOf(`${name}x`, content).fill('y', 0, 1)), undefined);
      }
    }
  });

  test('names no words and no rows', () => {
    for (let seed = 1; seed < 500; seed++) {
      assert.equal(whatIs(wordsOf(someHits(64, { seed, orbit: seed * 8_000_000 }))), undefined);
    }
    for (const text of [
      'HEAD,FPGA,TDC_CHANNEL',
      '2,0,5,1000,200,3\n',
      'root;title\n',
      'PARAMETERS\n',
      'BM,II*',
      'MZ 1',
      'ORC',
    ]) {
      assert.equal(whatIs(Buffer.from(text.repeat(9))), undefined, text);
    }
  });

  test('takes plausible words for words where no more than 32 free bits speak for a format', () => {
    const hits = someHits(64);
    // "II*\0": the lowest 32 bits of a word.
    const words = wordsOf(hits);
    words.write('II*\0', 0, 'latin1');
    assert.equal(whatIs(words), undefined);
    assert.equal(whatIs(latin1('II*\0')), 'a TIFF image');
  });
});

test('markup is told by how it begins', () => {
  const cases: Readonly<Record<string, string | undefined>> = {
    '<!DOCTYPE html>\n<html>': 'an HTML page',
    '\n  <HTML lang="en">': 'an HTML page',
    '<?xml version="1.0"?>': 'XML or HTML',
    '\xef\xbb\xbf<?xml version="1.0"?>': 'XML or HTML',
    '<svg>': 'XML or HTML',
    '{"HEAD": 2, "FPGA": 0}': 'JSON',
    '{\n  "rows": []': 'JSON',
    '[[2,0,5,1,2,3]]': 'JSON',
    '[2, 0, 5]': 'JSON',
    '[run 591]': undefined,
    '{title}': undefined,
    '2,0,5,1,2,3': undefined,
    '': undefined,
  };
  for (const [text, what] of Object.entries(cases)) assert.equal(markupFormat(text), what, text);
});
