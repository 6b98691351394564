"""Raw columns as the network reads them, as mtl-prep and mtl-predict do it.

    from prepare import prepare
    blocks = prepare({"age": [39, None], "job": ["clerk", "?"]})

Written by mtlkit's mtl-export; the numbers are in model.json. Needs NumPy.
"""
import datetime
import heapq
import json
import math
import os
import statistics

import numpy as np

MISSING = ("", "?", "NA", "N/A", "NaN", "nan", "null", "NULL")
FOLDER = os.path.dirname(os.path.abspath(__file__))


def prepare(table, spec=None, missing=MISSING, precision="auto"):
    """Arrays by the names of blocks.

    table: columns by name (a dict, a pandas DataFrame), "VIEW.COLUMN" where
    views have columns of one name; a block without names of columns (sparse
    features, images, texts) as a matrix under its own name.
    spec: path of model.json. missing: texts that stand for no value. precision:
    of numbers before they are scaled, "single" or "double"; "auto" takes single
    precision where no number of the table changes by it, as mtl-convert does, so
    give all columns that it was given. Sparse blocks come as full matrices, or
    as scipy.sparse where they were given so. Dates are seconds since 1970,
    datetime64, or datetime's date and datetime (without a time zone: of whatever
    clock it was); truth values where there are categories are "true" and
    "false", or spelled as those. What texts become is found in them, or taken
    as it is where the table has codes under the block's name.
    """
    with open(spec or os.path.join(FOLDER, "model.json"),
              encoding="utf-8") as file:
        model = json.load(file)
    steps = model["steps"]
    if precision == "auto":
        is_single = _is_single_table(table, _date_columns(steps))
        precision = "single" if is_single else "double"
    blocks = []
    texts = {(c["block"], c["column"]) for step in steps
             if step["name"] in TEXTS for c in step["spec"]["columns"]}
    for step in steps:
        if step["name"] == "select":
            blocks = [_Block(table, b, missing, precision)
                      for b in _without(step["blocks"], texts)]
        elif step["name"] in TEXTS:
            blocks = _texts(blocks, step, table, missing)
        elif step["name"] == "take":
            blocks = _take(blocks, step["blocks"])
        else:
            blocks = STEPS[step["name"]](
                blocks, {**step.get("spec", {}),
                         **{k: np.array(v, "f8")
                            for k, v in step["arrays"].items()}})
    made = {b.name: b.x for b in blocks}
    result = {}
    for block in model["inputs"]:
        name, kind = block["name"], block["kind"]
        x = made[name] if name in made else table[name]
        if kind == "tokens":
            x, result[name + ".starts"] = _tokens(x, table.get(name + ".starts"))
        elif kind == "image":
            x = np.asarray(x, "u1")
        elif kind == "categorical":
            x = np.asarray(x, "i4")
        elif not hasattr(x, "tocsr"):
            x = np.asarray(x, "f4")
        result[name] = x
    return result


class _Block:
    """Columns of one kind, which steps change."""

    def __init__(self, table, spec, missing, precision):
        self.name, self.kind = spec["name"], spec["kind"]
        self.categories = spec.get("categories", [])
        columns = spec.get("columns", [])
        if self.name in table and self.kind == "sparse":
            self.x = table[self.name]
            if not hasattr(self.x, "tocsr"):
                self.x = np.asarray(self.x, "f4")
        elif self.kind == "categorical":
            self.x = np.stack([_codes(_column(table, self.view, c), k, missing)
                               for c, k in zip(columns, self.categories)], 1)
        else:
            x = np.stack([_numbers(_column(table, self.view, c), missing)
                          for c in columns], 1)
            single = self.kind == "sparse" or precision == "single"
            self.x = x.astype("f4" if single else "f8")
            if self.kind == "sparse":
                self.x = np.nan_to_num(self.x, nan=0.0)

    @property
    def view(self):
        return _view_of(self.name)

    def change(self, function):
        """Numbers in double, kept in the block's precision."""
        self.x = function(self.x.astype("f8")).astype(self.x.dtype)


def _view_of(name):
    for kind in ("numeric", "categorical", "sparse", "image", "tokens"):
        if name == kind:
            return ""
        if name.endswith("." + kind):
            return name[:-len(kind) - 1]
    return name


def _without(blocks, texts):
    """Blocks of a table but for its columns of texts."""
    kept = []
    for b in blocks:
        stay = [j for j, column in enumerate(b.get("columns", []))
                if (b["name"], column) not in texts]
        if b["kind"] == "categorical":
            b = {**b, "columns": [b["columns"][j] for j in stay],
                 "categories": [b["categories"][j] for j in stay]}
        if stay or b["kind"] != "categorical":
            kept.append(b)
    return kept


def _column(table, view, column):
    """A column; "VIEW.COLUMN" where several views have one of that name."""
    name = view + "." + column
    return table[name if view and name in table else column]


def _plain(values):
    """An array; what pandas calls NA, which compares with nothing, is NaN."""
    x = np.asarray(values)
    if x.dtype.kind != "O" or not any(_is_na(v) for v in x.flat):
        return x
    plain = np.empty(x.size, object)
    plain[:] = [math.nan if _is_na(v) else v for v in x.flat]
    return plain.reshape(x.shape)


def _is_na(value):
    return type(value).__name__ == "NAType"


def _is_missing(value, missing):
    return value is None or value != value or (
        isinstance(value, str) and value in missing)


def _numbers(values, missing):
    values = _seconds(values)
    if values.dtype.kind in "fiub":
        return values.astype("f8")
    return np.array([math.nan if _is_missing(v, missing) else float(v)
                     for v in values.tolist()], "f8")


def _seconds(values):
    """Dates as seconds since 1970, NaN where there is none; else an array of
    what is there."""
    values = _plain(values)
    if values.dtype.kind == "O" and any(isinstance(v, datetime.date)
                                        for v in values.flat):
        values = np.array([_in_utc(v) for v in values.flat],
                          "M8[us]").reshape(values.shape)
    if values.dtype.kind != "M":
        return values
    whole = values.astype("M8[s]")
    return whole.astype("i8") + (values - whole) / np.timedelta64(1, "s")


def _in_utc(value):
    """A date or a datetime as NumPy takes it, without a time zone."""
    if not isinstance(value, datetime.date) or value != value:  # None, NaT
        return np.datetime64("NaT")
    if getattr(value, "tzinfo", None) is not None:
        value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    return np.datetime64(value, "us")


def _date_columns(steps):
    """Names of the columns that are seconds since 1970."""
    columns, names = {}, set()
    for step in steps:
        if step["name"] == "select":
            columns = {b["name"]: b.get("columns", []) for b in step["blocks"]}
        for array, marks in step.get("arrays", {}).items():
            block = array[:-len(".dates")]
            if step["name"] != "date" or array != block + ".dates":
                continue
            view = block[:-len("numeric")] if block.endswith(".numeric") else ""
            for column, is_date in zip(columns.get(block, []), marks):
                if is_date:
                    names |= {column, view + column}
    return names


def _is_single_table(table, dates):
    """Whether single precision keeps what was written in every column, and
    every second of dates."""
    for name in table:
        if hasattr(table[name], "tocsr"):
            continue
        try:
            given = _plain(table[name])
            seconds = _seconds(given)
            x = np.asarray(seconds, "f8")
        except (TypeError, ValueError):
            continue  # texts
        is_date = name in dates or seconds is not given
        if is_date and x.ndim == 1:
            known = x[~np.isnan(x)]
            if (known.astype("f4") != known).any():
                return False
        elif x.ndim == 1 and not _is_single(x):
            return False
    return True


def _is_single(x):
    """0.1 is kept by single precision, 2**24 + 1 is not."""
    known = x[~np.isnan(x)]
    with np.errstate(over="ignore"):
        single = known.astype("f4")
    changed = single.astype("f8") != known
    return all(float(str(s)) == v
               for s, v in zip(single[changed], known[changed]))


def _codes(values, names, missing):
    """Numbers of categories: len(names) is unknown, -1 missing."""
    by_name = {name: i for i, name in enumerate(names)}
    truths = {name.lower(): i for name, i in by_name.items()}
    by_value = {}
    for i, name in enumerate(names):
        try:
            by_value.setdefault(float(name), i)
        except ValueError:
            pass
    codes = []
    for v in _plain(values).astype(object).tolist():
        if isinstance(v, str) and v in by_name:
            codes.append(by_name[v])
        elif _is_missing(v, missing):
            codes.append(-1)
        elif isinstance(v, (bool, np.bool_)) and str(v).lower() in truths:
            codes.append(truths[str(v).lower()])
        elif isinstance(v, str):
            codes.append(len(names))
        else:
            codes.append(by_value.get(float(v), len(names)))
    return np.array(codes, "i4")


def _tokens(x, starts):
    """Words one row behind the other, and where rows begin; or lists of them."""
    if starts is None:
        lengths = [len(row) for row in x]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        x = np.concatenate([np.asarray(row, "i8") for row in x]) if x else []
    return np.asarray(x, "i8"), np.asarray(starts, "i8")
