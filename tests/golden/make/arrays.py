"""Writes tests/golden/arrays: files of NumPy and SciPy with a few rows."""
import argparse
import pathlib

import numpy as np
import scipy.sparse

parser = argparse.ArgumentParser()
parser.add_argument('--out', default=pathlib.Path(__file__).parent.parent / 'arrays')
out = pathlib.Path(parser.parse_args().out)
out.mkdir(exist_ok=True)

X = np.arange(12, dtype='f8').reshape(4, 3) / 8
X[2, 1] = np.nan
columns = {
    'ids': np.array(['a', 'b', 'c', 'd']),
    'X': X,
    'turned': np.asfortranarray(X.astype('f4') + 1),
    'count': np.array([1, 2, 3, 4], '>i4'),
    'large': np.array([2**24 + 1, 0, 0, 0]),
    'city': np.array(['Zürich', '', 'Bern', '東京']),
    'code': np.array([b'no', b'yes', b'no', b'no']),
    'sold': np.array([True, False, True, True]),
    'photo': np.arange(16, dtype='u1').reshape(4, 2, 2),
    'splits/train': np.array([0, 2]),
    'splits/test': np.array([False, True, False, True]),
}
np.savez(out / 'table.npz', **columns)
np.savez_compressed(out / 'packed.npz', **columns)
np.save(out / 'matrix.npy', X.astype('f2'))
sparse = scipy.sparse.csr_matrix(
    (np.array([1, 2.5, -3]), (np.array([0, 0, 3]), np.array([4, 1, 2]))),
    shape=(4, 6))
scipy.sparse.save_npz(out / 'sparse.npz', sparse)
scipy.sparse.save_npz(out / 'columns.npz', sparse.tocsc())
