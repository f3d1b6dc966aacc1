"""Plots messages of `dtstream process FILE > messages.ndjson`: occupancy and active channels per orbit.

    pip install -r requirements.txt
    python plot_file.py messages.ndjson

The cells (# %%) run one by one in Jupyter, VS Code or Spyder.
"""

# %% Which messages
import argparse
import json

from dtstream_messages import add_up, parse, plot, report

parser = argparse.ArgumentParser(description="Plots the messages of a file.")
parser.add_argument("file", nargs="?", default="messages.ndjson", help="one message per line (default: %(default)s)")
arguments = parse(parser)

# %% Read and add up
with open(arguments.file, encoding="utf-8") as file:
    total = add_up((json.loads(line) for line in file if line.strip()), arguments.group)
report(total, arguments.sums)

# %% Plot
plot(total).savefig(arguments.out, dpi=110)
print(f"picture: {arguments.out}")
