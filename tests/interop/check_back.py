"""usage: check_back.py TUNED.npz PREDICTIONS.h5 READY.h5 SPLIT

What a model says that came back from PyTorch, beside what PyTorch said, for rows
without categories that no training row has: mtl-train gives those the mean of
the rows that it trained.
"""
import sys

import h5py
import numpy as np

from common import all_seen, compare, rows_of

tuned, predictions, ready, split = sys.argv[1:]
file = h5py.File(ready)
compare("back", predictions, np.load(tuned), {},
        all_seen(file, rows_of(file, split)))
