"""Writes a file of each format that is no hits, by the format's own library, into the folder that is given."""

import bz2
import io
import lzma
import pickle
import sqlite3
import sys
import tarfile
import zipfile
from pathlib import Path

import h5py
import numpy
import pyarrow
import pyarrow.feather
import pyarrow.orc
import pyarrow.parquet
import uproot
from PIL import Image

folder = Path(sys.argv[1])
words = numpy.frombuffer(Path(sys.argv[2]).read_bytes(), dtype="<u8")
rows = Path(sys.argv[3]).read_bytes()
fields = {"ORBIT_CNT": ((words >> 17) & 0xFFFFFFFF).astype("<i8"), "WORD": words.astype("<i8")}
table = pyarrow.table({name: pyarrow.array(values) for name, values in fields.items()})

image = Image.effect_noise((200, 100), 50)
for ending in ["png", "jpg", "gif", "tif", "bmp", "pdf", "webp"]:
    image.convert("RGB").save(folder / f"image.{ending}")

pyarrow.parquet.write_table(table, folder / "packed.parquet")
pyarrow.parquet.write_table(table, folder / "plain.parquet", compression="none", use_dictionary=False)
pyarrow.feather.write_feather(table, folder / "table.feather", compression="uncompressed")
pyarrow.orc.write_table(table, folder / "table.orc")
with pyarrow.ipc.new_stream(folder / "table.arrows", table.schema) as stream:
    stream.write_table(table)

with uproot.recreate(folder / "tree.root") as file:
    file["hits"] = fields
with h5py.File(folder / "hits.h5", "w") as file:
    file["words"] = words

numpy.save(folder / "words.npy", words)
numpy.savez(folder / "words.npz", words=words)
numpy.asarray(words).astype(">u8").tofile(folder / "big-endian.bin")
for protocol in [2, 3, 4, 5]:
    (folder / f"protocol{protocol}.pkl").write_bytes(pickle.dumps(list(range(50)), protocol))

with zipfile.ZipFile(folder / "rows.zip", "w") as archive:
    archive.writestr("rows.csv", rows)
for kind, format in [("ustar", tarfile.USTAR_FORMAT), ("gnu", tarfile.GNU_FORMAT), ("pax", tarfile.PAX_FORMAT)]:
    with tarfile.open(folder / f"{kind}.tar", "w", format=format) as archive:
        entry = tarfile.TarInfo("runs/591/data_000000.csv")
        entry.size = len(rows)
        archive.addfile(entry, io.BytesIO(rows))
(folder / "rows.csv.bz2").write_bytes(bz2.compress(rows))
(folder / "rows.csv.xz").write_bytes(lzma.compress(rows))
(folder / "rows.csv.lzma").write_bytes(lzma.compress(rows, format=lzma.FORMAT_ALONE))
(folder / "rows.csv.lz4").write_bytes(pyarrow.compress(rows, codec="lz4", asbytes=True))

database = sqlite3.connect(folder / "hits.sqlite")
database.execute("create table hits (word integer)")
database.commit()
database.close()
