"""Writes one of the thirteen tables as CSV with a column `split`, and prints
the flags that name its tasks, one a line.

    table_file.py SET FOLD FILE
"""

import sys

import pandas as pd

from sets import SETS


def write(table, fold, path):
    """The flags of mtl-prep for what was written."""
    frame = pd.concat([table.inputs, table.labels], axis=1)
    frame["split"] = pd.Series(table.test[fold]).map(
        {True: "test", False: "train"})
    frame.to_csv(path, index=False)
    kind = "=binary" if table.measure == "auc" else "=regression"
    tasks = [flag for name in table.labels.columns
             for flag in ("--task", name + kind)]
    return tasks + ["--split-from", "split"]


if __name__ == "__main__":
    print("\n".join(write(SETS[sys.argv[1]](), int(sys.argv[2]), sys.argv[3])))
