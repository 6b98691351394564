"""usage: check_safetensors.py FOLDER PREDICTIONS.h5 AGAIN

Writes the weights of an export for PyTorch anew, with the library of the
format: AGAIN.safetensors, and as AGAIN.npz what the model says.
"""
import sys

import h5py
import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

folder, predictions, again = sys.argv[1:]
path = folder + "/model.safetensors"
weights = load_file(path)
with safe_open(path, "np") as file:
    assert set(file.keys()) == set(weights)
assert all(np.isfinite(x).all() for x in weights.values())
# In another order, which must not matter.
save_file(dict(sorted(weights.items(), reverse=True)), again + ".safetensors")
tasks = h5py.File(predictions)["tasks"]
np.savez(again, **{name: task["prob" if "prob" in task else "pred"][:]
                   for name, task in tasks.items()})
