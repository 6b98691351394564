"""usage: check_blocks.py FOLDER RAW.h5 READY.h5 SPLIT

Whether prepare.py makes the blocks of mtl-prep, to the bit, from raw columns.
"""
import sys

import h5py

from common import raw_columns, rows_of, same_blocks

folder, raw, ready, split = sys.argv[1:]
sys.path.insert(0, folder)
from prepare import prepare  # noqa: E402

prepared = h5py.File(ready)
rows = rows_of(prepared, split)
same_blocks(prepare(raw_columns(h5py.File(raw), rows)), prepared, rows)
