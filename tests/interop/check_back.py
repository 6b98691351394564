"""usage: check_back.py TUNED.npz PREDICTIONS.h5

What a model says that came back from PyTorch, beside what PyTorch said.
"""
import sys

import numpy as np

from common import compare

tuned, predictions = sys.argv[1:]
compare("back", predictions, np.load(tuned), {})
