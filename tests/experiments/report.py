"""A table of what the cells in FOLDER say."""

import json
import os
import sys
from collections import defaultdict

import numpy as np

from peers import PEERS
from sets import SETS


def cells(folder):
    """{set: {method: {(fold, seed): cell}}}"""
    found = defaultdict(lambda: defaultdict(dict))
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".json"):
            continue
        table, fold, method, seed = name[:-len(".json")].rsplit(".", 3)
        with open(os.path.join(folder, name)) as file:
            found[table][method][int(fold), int(seed)] = json.load(file)
    return found


def estimate(by_cell):
    """Mean of the cells, and the standard error of that mean: over folds (each
    the mean of its seeds) where there are several, else over seeds."""
    folds = defaultdict(list)
    for (fold, _), cell in by_cell.items():
        folds[fold].append(cell["value"])
    if len(folds) > 1:
        units = [np.mean(values) for values in folds.values()]
    else:
        units = next(iter(folds.values()))
    error = np.std(units, ddof=1) / np.sqrt(len(units)) if len(units) > 1 else 0
    return float(np.mean(units)), float(error)


def verdict(ours, peers, higher):
    """Against the best peer: "ahead", "within one standard error", "within
    5 %" (of its error), or "behind"."""
    value, error = ours
    best, best_error = (max if higher else min)(peers)
    loss = best - value if higher else value - best
    if loss <= 0:
        return "ahead"
    if loss <= np.hypot(error, best_error):
        return "within one standard error"
    scale = 1 - best if higher else best
    return "within 5 %" if loss <= 0.05 * scale else "behind"


def main():
    found = cells(sys.argv[1])
    ours = sorted({method for methods in found.values() for method in methods}
                  - set(PEERS))
    columns = list(PEERS) + ours
    print("| set | measure | " + " | ".join(columns) + " | " +
          " | ".join(f"{name}: verdict, s" for name in ours) + " |")
    print("|---" * (2 + len(columns) + len(ours)) + "|")
    for name in SETS:
        methods = found.get(name)
        if not methods:
            continue
        table = SETS[name]()
        value = {method: estimate(methods[method]) for method in methods}
        peers = [value[method] for method in PEERS if method in value]
        row = [f"{value[m][0]:.4f} ± {value[m][1]:.4f}" if m in value else ""
               for m in columns]
        for method in ours:
            if method not in value or not peers:
                row.append("")
                continue
            seconds = np.mean([cell["train_seconds"]
                               for cell in methods[method].values()])
            row.append(verdict(value[method], peers, table.higher_is_better) +
                       f", {seconds:.1f}")
        print(f"| {name} | {table.measure} | " + " | ".join(row) + " |")


main()
