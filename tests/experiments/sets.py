"""The thirteen tables of the experiment: how each is read, which
columns are tasks, which rows are kept out, and what is measured."""

import gzip
import os
import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.io import arff, loadmat

DATA = os.environ.get("MTLKIT_TEST_DATA")
if not DATA:
    sys.exit("MTLKIT_TEST_DATA is not set: the folder of the data sets")
FOLDS = 10


@dataclass
class Table:
    """Inputs, labels (missing: NaN) and, by fold, the rows kept out."""

    inputs: pd.DataFrame
    labels: pd.DataFrame
    measure: str  # "rrmse", "auc", "explained" or "scaled-rmse"
    test: list  # of boolean arrays, one a fold

    def train(self, fold):
        return ~self.test[fold]

    @property
    def higher_is_better(self):
        return self.measure in ("auc", "explained")


def _path(*parts):
    return os.path.join(DATA, *parts)


def _open(path):
    return gzip.open(path, "rt") if path.endswith(".gz") else open(path)


def _by_row(rows):
    return [np.arange(rows) % FOLDS == fold for fold in range(FOLDS)]


def _arff(path):
    with _open(path) as file:
        values, _ = arff.loadarff(file)
    frame = pd.DataFrame(values)
    for name in frame.columns:
        if frame[name].dtype == object:
            frame[name] = frame[name].str.decode("utf-8")
    frame.columns = [f"c{i}" for i in range(frame.shape[1])]
    return frame


def _split_off(frame, tasks):
    return frame.iloc[:, :-tasks], frame.iloc[:, -tasks:].astype(float)


def _regression(name, tasks, prepare=lambda frame: frame):
    path = _path("mulan-mtr", name + ".arff")
    frame = _arff(path if os.path.exists(path) else path + ".gz")
    frame = prepare(frame).reset_index(drop=True)
    inputs, labels = _split_off(frame, tasks)
    return Table(inputs, labels, "rrmse", _by_row(len(frame)))


def _rf1():
    return _regression("rf1", 8, lambda frame: frame.dropna().head(3000))


def _sarcos():
    values = loadmat(_path("sarcos", "sarcos_inv_test.mat"))
    frame = pd.DataFrame(values["sarcos_inv_test"])
    frame.columns = [f"c{i}" for i in range(frame.shape[1])]
    inputs, labels = _split_off(frame, 7)
    return Table(inputs, labels, "rrmse", _by_row(len(frame)))


def _multilabel(name, tasks):
    parts = []
    for split in ("train", "test"):
        path = _path("mulan-multilabel", name, f"{name}-{split}.arff")
        parts.append(_arff(path if os.path.exists(path) else path + ".gz"))
    frame = pd.concat(parts, ignore_index=True)
    inputs, labels = _split_off(frame, tasks)
    return Table(inputs, labels, "auc",
                 [np.arange(len(frame)) >= len(parts[0])])


def _lines(path, columns, skip=0):
    with _open(path) as file:
        return pd.read_csv(file, header=None, skiprows=skip, dtype=str,
                           skipinitialspace=True, names=columns,
                           na_filter=False)


def _typed(inputs):
    """Columns of numbers as numbers."""
    return inputs.apply(
        lambda column: column.astype(float)
        if pd.to_numeric(column, errors="coerce").notna().all() else column)


def _adult():
    columns = [f"c{i}" for i in range(15)]
    train = _lines(_path("adult", "adult.data.gz"), columns)
    test = _lines(_path("adult", "adult.test.gz"), columns, skip=1)
    frame = pd.concat([train, test], ignore_index=True)
    labels = pd.DataFrame({
        "income": frame["c14"].str.startswith(">50K").astype(float),
        "single": (frame["c5"] == "Never-married").astype(float)})
    inputs = _typed(frame.drop(columns=["c5", "c7", "c14"]))
    return Table(inputs, labels, "auc", [np.arange(len(frame)) >= len(train)])


def _census():
    columns = [f"c{i}" for i in range(42)]
    frame = _lines(_path("census-income", "census-income.test.gz"), columns)
    labels = pd.DataFrame({
        "income": frame["c41"].str.contains(r"50000\+").astype(float),
        "single": (frame["c7"] == "Never married").astype(float)})
    inputs = _typed(frame.drop(columns=["c7", "c24", "c41"]))
    return Table(inputs, labels, "auc", [np.arange(len(frame)) >= 70000])


def _school():
    """One column of scores; the school goes in as a column `school`."""
    values = loadmat(_path("school", "school.mat"))
    inputs, labels, test = [], [], []
    random = np.random.RandomState(0)
    for number, (x, y) in enumerate(zip(values["X"][0], values["Y"][0])):
        rows = pd.DataFrame(x.astype(float)).iloc[:, :27]
        rows.columns = [f"c{i}" for i in range(27)]
        rows["school"] = f"s{number}"
        inputs.append(rows)
        labels.append(y.astype(float).ravel())
        test.append(random.permutation(len(y)) >= 0.75 * len(y))
    return Table(pd.concat(inputs, ignore_index=True),
                 pd.DataFrame({"score": np.concatenate(labels)}), "explained",
                 [np.concatenate(test)])


def _air():
    with _open(_path("air-quality", "AirQualityUCI.csv.gz")) as file:
        frame = pd.read_csv(file, sep=";", decimal=",").iloc[:, :15]
    frame = frame.dropna(how="all").drop(columns=["Date", "Time"])
    frame = frame.astype(float).replace(-200.0, np.nan)
    tasks = ["CO(GT)", "NMHC(GT)", "C6H6(GT)", "NOx(GT)", "NO2(GT)"]
    inputs = frame.drop(columns=tasks)
    inputs.columns = [f"c{i}" for i in range(inputs.shape[1])]
    labels = frame[tasks].copy()
    labels.columns = ["CO", "NMHC", "C6H6", "NOx", "NO2"]
    return Table(inputs, labels, "scaled-rmse",
                 [np.arange(len(frame)) >= int(0.7 * len(frame))])


SETS = {
    "adult": _adult,
    "census-income": _census,
    "enb": lambda: _regression("enb", 2),
    "wq": lambda: _regression("wq", 14),
    "jura": lambda: _regression("jura", 3),
    "atp1d": lambda: _regression("atp1d", 6),
    "rf1": _rf1,
    "sarcos": _sarcos,
    "emotions": lambda: _multilabel("emotions", 6),
    "scene": lambda: _multilabel("scene", 6),
    "yeast": lambda: _multilabel("yeast", 14),
    "school": _school,
    "air-quality": _air,
}


def score(table, fold, predictions):
    """What one fold's predictions (rows x tasks) are worth; and by task (NaN
    where no row kept out has its label)."""
    test, train = table.test[fold], table.train(fold)
    labels = table.labels.to_numpy()
    by_task = [_score_task(table.measure, labels[train, t], labels[test, t],
                           predictions[:, t]) for t in range(labels.shape[1])]
    return float(np.nanmean(by_task)), by_task


def _score_task(measure, train, labels, predictions):
    known = ~np.isnan(labels)
    labels, predictions = labels[known], predictions[known]
    if len(labels) == 0:
        return np.nan
    train = train[~np.isnan(train)]
    if measure == "auc":
        from sklearn.metrics import roc_auc_score

        return roc_auc_score(labels, predictions)
    error = np.sum((predictions - labels) ** 2)
    if measure == "rrmse":
        return np.sqrt(error / np.sum((train.mean() - labels) ** 2))
    if measure == "explained":
        return 1 - error / np.sum((labels - labels.mean()) ** 2)
    return np.sqrt(error / len(labels)) / train.std()
