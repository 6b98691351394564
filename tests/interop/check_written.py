"""usage: check_written.py READY.h5 READY.npz TRAIN.svm TASK TABLE.arff TABLE.h5

What NumPy, scikit-learn and SciPy read of the files that mtl-convert writes,
beside the HDF5 files that they were made of.
"""
import sys

import h5py
import numpy as np
import scipy.io.arff
import sklearn.datasets

from common import block, rows_of

ready, npz, svm, task, arff, table = sys.argv[1:]
file = h5py.File(ready)
arrays = np.load(npz)
seen = set()


def look(path, thing):
    if isinstance(thing, h5py.Group):
        for name in ("shape", "index_base", "index_base_guessed", "type"):
            if name in thing.attrs:
                seen.add(f"{path}/{name}")
                value = thing.attrs[name]
                value = value.decode() if isinstance(value, bytes) else value
                assert np.all(arrays[f"{path}/{name}"] == value), path
        return
    seen.add(path)
    ours = thing.asstr()[()] if thing.dtype.kind in "SO" else thing[()]
    assert arrays[path].shape == thing.shape, path
    assert np.array_equal(arrays[path], ours,
                          equal_nan=thing.dtype.kind == "f"), path


file.visititems(look)
assert seen == set(arrays.files), seen ^ set(arrays.files)
print(f"numpy: {len(seen)} arrays equal")

rows = rows_of(file, "train")
X, y = sklearn.datasets.load_svmlight_file(svm)
ours = np.concatenate([block(b, rows) for b in file["inputs"].values()], 1)
assert np.array_equal(X.toarray().astype("f4"), ours[:, :X.shape[1]])
assert not ours[:, X.shape[1]:].any()
assert np.array_equal(y, file["tasks"][task]["y"][:][rows])
print(f"scikit-learn: {X.shape} features and labels equal")

data, meta = scipy.io.arff.loadarff(arff)
raw = h5py.File(table)
for name, group in raw["inputs"].items():
    for j, column in enumerate(raw["names/" + name].asstr()[:]):
        x = group[:, j]
        if x.dtype.kind == "f":
            assert np.array_equal(data[column].astype(x.dtype), x), column
            continue
        words = list(raw["categories/" + column].asstr()[:]) + ["?"]
        assert [v.decode() for v in data[column]] == [words[c] for c in x]
print(f"scipy: {len(meta.names())} columns of {len(data)} rows equal")
