"""Histograms of dtstream in hist, as a picture and as a file of ROOT.

    pip install -r requirements.txt
    dtstream process run.dat --summary --format uhi > run.json
    python histograms.py run.json --root run.root

Instead of run.json: messages of `dtstream process run.dat > messages.ndjson`, or those of Kafka (--brokers). The cells
(# %%) run one by one in Jupyter, VS Code or Spyder.
"""

# %% Which histograms
import argparse
import json
import sys

import matplotlib.pyplot as plt
import uproot
from dtstream_histograms import for_root, histograms_of, read_uhi
from dtstream_messages import add_up

parser = argparse.ArgumentParser(description="Histograms of dtstream in hist.")
parser.add_argument("file", nargs="?", default="run.json", help="UHI JSON or messages (default: %(default)s)")
parser.add_argument("--brokers", help="read the messages of Kafka instead: host:port,…")
parser.add_argument("--group", help="group whose messages are read; default: the only one")
parser.add_argument("--out", default="histograms.png", help="picture, PNG (default: %(default)s)")
parser.add_argument("--root", help="file for the histograms, ROOT")
parser.add_argument("--counts", help="file for all counts, JSON")
arguments = parser.parse_args([] if "ipykernel" in sys.modules else None)


# %% Read
def read(path):
    with open(path, encoding="utf-8") as file:
        if file.readline().strip() == "{":  # UHI JSON; a message is one line
            return read_uhi(path)
        file.seek(0)
        return histograms_of(add_up((json.loads(line) for line in file if line.strip()), arguments.group))


if arguments.brokers:
    from dtstream_kafka import messages_of

    histograms = histograms_of(add_up(messages_of(arguments.brokers), arguments.group))
else:
    histograms = read(arguments.file)
chambers = sorted({name.split("/")[0] for name in histograms}, key=lambda name: int(name[2:]))

# %% Use: a share by channel, the mean of a drift time, a coarser histogram
for chamber in chambers:
    hits = histograms[f"{chamber}/hits"]
    line = f"{chamber}: {int(hits.sum()):,} hits, most in channel {int(hits.values().argmax())}"
    if f"{chamber}/drift" in histograms:
        drift = histograms[f"{chamber}/drift"]
        mean = (drift.values() * drift.axes[0].centers).sum() / max(1, drift.sum())
        line += f"; {int(drift.sum()):,} drift times, mean {mean:.0f} ns"
    print(line)

# %% Plot
shown = [name for name in ("hits", "drift", "slope") if f"{chambers[0]}/{name}" in histograms]
figure, axes = plt.subplots(
    len(chambers), len(shown), squeeze=False, figsize=(5 * len(shown), 2.4 * len(chambers)), layout="constrained"
)
for row, chamber in zip(axes, chambers):
    for axis, name in zip(row, shown):
        histogram = histograms[f"{chamber}/{name}"]
        axis.stairs(histogram.values(), histogram.axes[0].edges, fill=True)
        axis.set(title=f"{chamber}/{name}", ylim=(0, None))
figure.savefig(arguments.out, dpi=110)
print(f"picture: {arguments.out}")

# %% ROOT: TFile f("run.root"); ((TH1*)f.Get("ch0/drift"))->Draw()
if arguments.root:
    with uproot.recreate(arguments.root) as file:
        for name, histogram in histograms.items():
            file[name] = for_root(histogram)
    print(f"ROOT: {arguments.root}, {len(histograms)} histograms")

# %% Counts, flow bins included
if arguments.counts:
    with open(arguments.counts, "w") as file:
        json.dump({name: histogram.view(flow=True).tolist() for name, histogram in histograms.items()}, file)
