"""Describes a PNG as one JSON: its size in pixels, its number of colours and the share of its pixels that are drawn on.

Usage: picture.py PNG
"""

import json
import sys

import matplotlib.image
import numpy as np

picture = matplotlib.image.imread(sys.argv[1])[:, :, :3]
pixels = (picture.reshape(-1, 3) * 255).astype(int)
colours = np.unique(pixels, axis=0)
height, width, _ = picture.shape
drawn = float(np.mean(np.any(pixels < 250, axis=1)))
print(json.dumps({"width": width, "height": height, "colours": len(colours), "drawn": drawn}))
