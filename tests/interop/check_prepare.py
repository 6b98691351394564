"""usage: check_prepare.py FOLDER RAW.h5 READY.h5 SPLIT

Whether prepare.py makes the blocks of mtl-prep, to the bit, from raw columns:
as the file has them, and dates and truth values as NumPy and pandas have them.
"""
import datetime
import sys

import h5py
import numpy as np
import pandas as pd

from common import raw_columns, rows_of, same_blocks

folder, raw, ready, split = sys.argv[1:]
sys.path.insert(0, folder)
from prepare import prepare  # noqa: E402

prepared, file = h5py.File(ready), h5py.File(raw)
rows = rows_of(prepared, split)
table = raw_columns(file, rows)
dates = list(file["dates/numeric"].asstr()[:])
same_blocks(prepare(table), prepared, rows)


def of_numpy(seconds, unit):
    return seconds.astype("M8[s]").astype(f"M8[{unit}]")  # NaN is NaT


def of_datetime(seconds, zone=None):
    return np.array([None if np.isnan(s) else
                     datetime.datetime.fromtimestamp(
                         s, datetime.timezone.utc).astimezone(zone)
                     if zone else
                     datetime.datetime(1970, 1, 1) + datetime.timedelta(0, s)
                     for s in seconds.tolist()], object)


EAST = datetime.timezone(datetime.timedelta(hours=5))
FORMS = [lambda s: of_numpy(s, "s"), lambda s: of_numpy(s, "ms"),
         lambda s: of_numpy(s, "us"), lambda s: of_numpy(s, "ns"),
         lambda s: of_numpy(s, "h"), of_datetime,
         lambda s: of_datetime(s, EAST),
         lambda s: pd.Series(of_numpy(s, "ns")),
         lambda s: pd.Series(of_numpy(s, "us")).dt.tz_localize("UTC")]
for form in FORMS:
    given = {**table, **{name: form(table[name]) for name in dates},
             "open": table["open"] == "true"}
    same_blocks(prepare(given), prepared, rows)
days = [None if d is None else d.date() for d in of_datetime(table["day"])]
given = pd.DataFrame({**table, "day": np.array(days, object),
                      "open": table["open"] == "true"})
same_blocks(prepare(given), prepared, rows)

# Types of pandas that have NA, which is neither equal to itself nor not.
given = pd.DataFrame(table).convert_dtypes()
assert any(column.isna().any() for _, column in given.items())
same_blocks(prepare(given), prepared, rows)
