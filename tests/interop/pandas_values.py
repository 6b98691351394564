#!/usr/bin/env python3
"""usage: pandas_values.py BIN_DIR

Compares every cell of tables that mtl-convert reads with what pandas, SciPy and
scikit-learn make of the same files: equal, or refused by name. The tables are
those of MTLKIT_TEST_DATA, and small ones that are written here. Ends with 77
where one of the programs, or the data, is missing.
"""

import csv
import gzip
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile

DATA = os.environ.get("MTLKIT_TEST_DATA")
try:
    import numpy as np
    import pandas as pd
    import scipy.io.arff
    import sklearn.datasets
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)
if not DATA:
    print("skipped: MTLKIT_TEST_DATA says where the tables are")
    sys.exit(77)

DATA = pathlib.Path(DATA)
SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "data-samples"
BIN = pathlib.Path(sys.argv[1]).resolve()
MARKERS = ["", "?", "NA", "N/A", "NaN", "nan", "null", "NULL"]


def tool(*arguments):
    return subprocess.run([BIN / "mtl-convert", *map(str, arguments)],
                          capture_output=True, text=True, check=False)


def ours(path, flags, work):
    """The cells as text, by column; or what was said where it is refused."""
    made = tool(path, "-q", *flags, "-o", work / "table.h5")
    if made.returncode != 0:
        return None, f"{made.returncode}: {made.stderr.strip()}"
    written = tool(work / "table.h5", "-q", "-o", work / "table.csv")
    assert written.returncode == 0, written.stderr
    with open(work / "table.csv", newline="", encoding="utf-8") as text:
        rows = list(csv.reader(text))
    return {name: [row[i] for row in rows[1:]]
            for i, name in enumerate(rows[0])}, ""


def frame(path, **said):
    """A delimited table, with markers of missing values as ours."""
    said.setdefault("na_values", MARKERS)
    if int(pd.__version__.split(".")[0]) < 3:  # later ones always are exact
        said["float_precision"] = "round_trip"
    return pd.read_csv(path, keep_default_na=False, low_memory=False, **said)


def arff(path):
    opened = gzip.open if path.name.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8") as text:
        rows, _ = scipy.io.arff.loadarff(io.StringIO(text.read()))
    table = pd.DataFrame(rows)
    for name in table.columns:
        if table[name].dtype == object:
            table[name] = table[name].map(
                lambda cell: None if cell == b"?" else cell.decode())
    return table


def same_cell(cell, value, is_single):
    if pd.isna(value) or value == "":
        return cell == ""
    if isinstance(value, (bool, np.bool_)):
        return cell.lower() == str(value).lower()
    if isinstance(value, str):
        return cell in (value, value.strip())  # quoted blanks stay
    try:
        number = float(cell)
    except ValueError:
        return False
    if is_single:
        return np.float32(number) == np.float32(value)
    if isinstance(value, (int, np.integer)):
        return int(number) == int(value)
    return number == float(value)


def compare(name, cells, table, is_single):
    """What differs, at most one text a column."""
    faults = []
    for column in table.columns:
        if column not in cells:
            faults.append(f"{name}: no column {column!r}: {list(cells)[:8]}")
            continue
        mine = cells[column]
        if len(mine) != len(table):
            return [f"{name}: {len(mine)} rows, pandas {len(table)}"]
        for row, value in enumerate(table[column].tolist()):
            if not same_cell(mine[row], value, is_single):
                faults.append(f"{name}: column {column!r}, row {row}: "
                              f"{mine[row]!r}, pandas {value!r}")
                break
    return faults


def tables():
    """(path, flags, the table of the other program)."""
    def data(name):
        return DATA / name

    names = SAMPLES / "adult.columns"
    adult = names.read_text(encoding="utf-8").split()
    yield (data("adult/adult.data.gz"),
           ["--names", names],
           frame(data("adult/adult.data.gz"), header=None, names=adult,
                 skipinitialspace=True))
    air = frame(data("air-quality/AirQualityUCI.csv.gz"), sep=";", decimal=",",
                na_values=MARKERS + ["-200"])
    air = air.dropna(how="all").dropna(axis=1, how="all")
    yield (data("air-quality/AirQualityUCI.csv.gz"),
           ["--decimal", ",", "--missing=-200"], air)
    isic = data("isic2017-256/ISIC-2017_Training_Data_metadata.csv")
    yield (isic, ["--missing", "unknown"], frame(isic, na_values=["unknown"]))
    ali = data("ctr-samples/ali-ccp/ali_ccp_train_sample.csv")
    yield ali, ["--header", "yes"], frame(ali)
    for name in ["ctr-samples/aliexpress/aliexpress_train_sample.csv",
                 "ctr-samples/criteo/criteo_sample.txt",
                 "isic2017-256/ISIC-2017_Training_Classes.csv",
                 "molnet/bace_desc_canvas_aug30.csv.gz",
                 "molnet/clintox.csv.gz",
                 "molnet/delaney-processed.csv.gz",
                 "molnet/muv.csv.gz",
                 "molnet/qm8_e1.csv.gz",
                 "molnet/qm8_f1.csv.gz",
                 "molnet/sider.csv.gz",
                 "molnet/tox21.csv.gz",
                 "molnet/toxcast.csv.gz"]:
        yield data(name), [], frame(data(name))
    lmc = frame(data("molnet/lmc.csv.gz"))
    yield (data("molnet/lmc.csv.gz"), ["--type", "ID=category"],
           lmc.rename(columns={"Unnamed: 0": "column1"}))
    for name in ["student-performance/student-mat.csv",
                 "student-performance/student-por.csv",
                 "wine-quality/winequality-red.csv.gz",
                 "wine-quality/winequality-white.csv.gz"]:
        yield data(name), [], frame(data(name), sep=";")
    for name in ["fou", "mor"]:
        path = next(data("mfeat").glob(f"mfeat-{name}.csv*"))
        table = frame(path, header=None)
        table.columns = [f"column{i + 1}" for i in range(table.shape[1])]
        yield path, ["--header", "no"], table
    sample = data("census-income/census-income.sample")
    census = frame(sample, header=None, skipinitialspace=True)
    census.columns = [f"column{i + 1}" for i in range(census.shape[1])]
    yield sample, ["--header", "no"], census
    for name in ["mulan-mtr/andro.arff", "mulan-mtr/enb.arff",
                 "mulan-mtr/jura.arff", "mulan-mtr/slump.arff",
                 "mulan-mtr/rf1.arff.gz", "mulan-mtr/sf1.arff",
                 "meka-multitarget/thyroid-L7.arff.gz"]:
        yield data(name), [], arff(data(name))


def small_tables(work):
    """Where programs differ in what they take for granted."""
    def write(name, text):
        (work / name).write_text(text, encoding="utf-8")
        return work / name

    path = write("exact.csv", "a,b,c\n"
                 "0.1234567890123456,9007199254740992,1e-300\n"
                 "-0.0,16777217,3.4e38\n1.7976931348623157e308,,0.1\n")
    yield path, [], frame(path)
    path = write("quoted.csv", 'a,"b ""c""",d\n'
                 '1,"x, y\nz",true\n2,"","false"\n')
    yield path, [], frame(path)
    path = write("thousands.csv", 'n;m\n"1.234,5";1\n"22,25";2\n')
    yield (path, ["--decimal", ",", "--thousands", ".", "--delimiter", ";"],
           frame(path, sep=";", decimal=",", thousands="."))
    path = write("skip.csv", "made by\nhand\nx,y\nm,s\n1,2\n3,4\n")
    yield (path, ["--skip", "2", "--skip-after-header", "1"],
           frame(path, skiprows=[0, 1, 3]))
    rows = [{"n": 1, "x": 0.1, "t": "caf\u00e9 \U0001f600", "ok": True},
            {"n": 2 ** 53, "x": None, "t": 'a "b"\t\\ /', "ok": False},
            {"n": -3, "x": 1e-320, "t": None, "later": "01"}]
    path = write("rows.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    table = pd.DataFrame(rows, dtype=object)
    yield path, [], table


def svmlight(work):
    path = work / "rows.svm"
    path.write_text("1 1:0.5 4:-2e3\n-1 2:0.1\n1 1:3 3:7 # end\n",
                    encoding="utf-8")
    features, labels = sklearn.datasets.load_svmlight_file(str(path))
    table = pd.DataFrame(features.toarray(),
                         columns=[f"sparse.{i}" for i in range(4)])
    table["label"] = labels
    cells, said = ours(path, [], work)
    assert cells is not None, said
    return compare("rows.svm", {k: [c or "0" for c in v]
                                for k, v in cells.items()}, table, True)


def refusals(work):
    """Where pandas changes values without a word, ours refuse."""
    faults = []
    for text, words in [
            ("user\n11898508762506083287\n11898508762506083288\n",
             "more digits than double precision holds"),
            ("a\n1\n1e999\n", "beyond the range of double"),
            ("a,b\n1,2\n3\n", "1 cell, but the table has 2 columns"),
            ("a\n1\n2\nthree\n", "'three' is not a number"),
            ("a\n1\ninf\n", "is infinite")]:
        path = work / "refused.csv"
        path.write_text(text, encoding="utf-8")
        cells, said = ours(path, [], work)
        if cells is not None or not said.startswith("65:") or words not in said:
            faults.append(f"{text!r}: {said or 'is read'}")
    return faults


def main():
    faults = []
    count = cells_seen = 0
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        for path, flags, table in [*tables(), *small_tables(work)]:
            cells, said = ours(path, flags, work)
            name = path.name
            if cells is None:
                faults.append(f"{name} is refused: {said}")
                continue
            faults += compare(name, cells, table, False)
            count += 1
            cells_seen += table.size
        faults += svmlight(work) + refusals(work)
    for fault in faults:
        print("FAILED:", fault)
    print(f"{count} tables, {cells_seen} cells compared with pandas "
          f"{pd.__version__}, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
