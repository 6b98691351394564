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
scipy.sparse.save_npz(out / 'triplets.npz', sparse.tocoo())
scipy.sparse.save_npz(out / 'array.npz', scipy.sparse.csr_array(sparse))
seconds = np.array(['1969-12-31T23:59:59', '2024-03-01T08:00:00', 'NaT'], 'M8[s]')
np.savez(out / 'dates.npz', y=[1.5, 2.5, 3.5], s=seconds,
         ns=seconds.astype('M8[ns]') + np.timedelta64(250, 'ms'),
         D=seconds.astype('M8[D]').astype('>M8[D]'), M=seconds.astype('M8[M]'),
         two=np.stack([seconds.astype('M8[h]'), seconds.astype('M8[m]')], 1))

# HDF5: h5py's own, as MATLAB 7.3 lays it out, and AnnData's.
import anndata  # noqa: E402
import h5py  # noqa: E402
import pandas  # noqa: E402

with h5py.File(out / 'mine.h5', 'w') as f:
    f['ids'] = ['a', 'b', 'c', 'd']
    f['inputs/X'] = X
    f['inputs/X'].attrs['columns'] = ['p', 'q', 'r']
    f['inputs/city'] = ['Zürich', '', 'Bern', '東京']
    f['tasks/sold'] = np.array([1, 0, 1, 1], 'i1')
    f['splits/train'] = [0, 2]
    f['splits/test'] = np.array([False, True, False, True])
with h5py.File(out / 'matlab.mat', 'w', userblock_size=512) as f:
    f['X'] = X.T
    f['y'] = np.array([[1., 2, 3, 4]])
    for name in f:
        f[name].attrs['MATLAB_class'] = np.bytes_('double')
with open(out / 'matlab.mat', 'r+b') as f:
    f.write(b'MATLAB 7.3 MAT-file, Platform: GLNXA64'.ljust(124) + b'\x00\x02IM')
# As MATLAB and AnnData keep compressed columns.
with h5py.File(out / 'columns.mat', 'w', userblock_size=512) as f:
    for part, values in (('data', sparse.tocsc().data),
                         ('ir', sparse.tocsc().indices.astype('u8')),
                         ('jc', sparse.tocsc().indptr.astype('u8'))):
        f['S/' + part] = values
    f['S'].attrs['MATLAB_sparse'] = np.uint64(4)
    f['S'].attrs['MATLAB_class'] = np.bytes_('double')
with open(out / 'columns.mat', 'r+b') as f:
    f.write(b'MATLAB 7.3 MAT-file, Platform: GLNXA64'.ljust(124) + b'\x00\x02IM')
with h5py.File(out / 'columns.h5ad', 'w') as f:
    f.attrs['encoding-type'] = 'anndata'
    for part in ('data', 'indices', 'indptr'):
        f['X/' + part] = getattr(sparse.tocsc(), part)
    f['X'].attrs['encoding-type'] = 'csc_matrix'
    f['X'].attrs['shape'] = [4, 6]
    for group, names in (('obs', 'abcd'), ('var', 'uvwxyz')):
        f[group + '/_index'] = list(names)
        f[group].attrs['_index'] = '_index'
    f['obs/id'] = [7, 8, 9, 10]
cells = anndata.AnnData(
    X=sparse.astype('f4'),
    obs=pandas.DataFrame(
        {'kind': pandas.Categorical(['b', 'a', None, 'b']),
         'age': pandas.array([1, None, 3, 4], 'Int64')},
        index=['c0', 'c1', 'c2', 'c3']),
    var=pandas.DataFrame(index=[f'g{i}' for i in range(6)]),
    obsm={'pca': X[:, :2].astype('f4')})
cells.write_h5ad(out / 'cells.h5ad')
