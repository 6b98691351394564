#!/usr/bin/env python3
"""Metrics computed from predictions as CSV, without any of our code.

Usage: independent_metrics.py EVALUATION.json PREDICTIONS.csv
Compares every metric of the evaluation (one model) with slow formulas over the
rows of the CSV, and ends with 1 where one differs by more than 1e-6.
"""
import csv
import json
import math
import sys

TOLERANCE = 1e-6


def mean(values):
    return sum(values) / len(values)


def number(text):
    return float(text) if text not in ("", "nan", "NaN") else None


class Regression:
    def __init__(self, y, p):
        self.y, self.p = y, p

    def rmse(self):
        return math.sqrt(mean([(a - b) ** 2 for a, b in zip(self.y, self.p)]))

    def mae(self):
        return mean([abs(a - b) for a, b in zip(self.y, self.p)])

    def r2(self):
        centre = mean(self.y)
        spread = sum((a - centre) ** 2 for a in self.y)
        error = sum((a - b) ** 2 for a, b in zip(self.y, self.p))
        return 1 - error / spread if spread > 0 else None

    def explained_variance(self):
        errors = [a - b for a, b in zip(self.y, self.p)]
        e, c = mean(errors), mean(self.y)
        spread = sum((a - c) ** 2 for a in self.y)
        return 1 - sum((a - e) ** 2 for a in errors) / spread if spread > 0 else None


def auc(y, s):
    """Pairs by the rank sum of Mann and Whitney, ties shared."""
    order = sorted(range(len(s)), key=lambda i: s[i])
    ranks, i = [0.0] * len(s), 0
    while i < len(order):
        j = i
        while j < len(order) and s[order[j]] == s[order[i]]:
            j += 1
        for k in order[i:j]:
            ranks[k] = (i + 1 + j) / 2
        i = j
    positives = sum(y)
    negatives = len(y) - positives
    if not positives or not negatives:
        return None
    total = sum(r for r, label in zip(ranks, y) if label)
    return (total - positives * (positives + 1) / 2) / (positives * negatives)


class Multilabel:
    def __init__(self, y, p):  # rows of 0/1, rows of probabilities
        self.y, self.p = y, p
        self.hard = [[int(v > 0.5) for v in row] for row in p]

    def hamming_loss(self):
        return mean([mean([int(a != b) for a, b in zip(t, h)])
                     for t, h in zip(self.y, self.hard)])

    def subset_accuracy(self):
        return mean([float(t == h) for t, h in zip(self.y, self.hard)])

    def micro_f1(self):
        hits = sum(a and b for t, h in zip(self.y, self.hard) for a, b in zip(t, h))
        sizes = sum(map(sum, self.y)) + sum(map(sum, self.hard))
        return 2 * hits / sizes if sizes else 0.0

    def ranking_loss(self):
        losses = []
        for t, s in zip(self.y, self.p):
            on = [v for v, a in zip(s, t) if a]
            off = [v for v, a in zip(s, t) if not a]
            losses.append(mean([float(a <= b) for a in on for b in off])
                          if on and off else 0.0)
        return mean(losses)

    def one_error(self):
        return mean([1.0 - t[s.index(max(s))] for t, s in zip(self.y, self.p)])

    def coverage(self):
        return mean([max([sum(v >= s[k] for v in s) for k in range(len(t)) if t[k]],
                         default=0) for t, s in zip(self.y, self.p)])

    def ranking_precision(self):
        out = []
        for t, s in zip(self.y, self.p):
            on = [k for k in range(len(t)) if t[k]]
            if len(on) in (0, len(t)):
                out.append(1.0)
                continue
            out.append(mean([sum(t[j] for j in range(len(t)) if s[j] >= s[k]) /
                             sum(v >= s[k] for v in s) for k in on]))
        return mean(out)

    def roc_auc(self):
        values = [auc([t[k] for t in self.y], [s[k] for s in self.p])
                  for k in range(len(self.y[0]))]
        return mean(values) if None not in values else None


def read_tasks(path):
    """Columns TASK, TASK.true; TASK.prob.LABEL, TASK.true.LABEL."""
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    return rows


def rows_of(rows, task):
    name, kind = task["name"], task["type"]
    if kind == "regression":
        pairs = [(number(r[f"{name}.true"]), number(r[name])) for r in rows]
        pairs = [(a, b) for a, b in pairs if a is not None and b is not None]
        return Regression([a for a, _ in pairs], [b for _, b in pairs])
    labels = [c[len(name) + 6:] for c in rows[0] if c.startswith(f"{name}.true.")]
    truth = [[int(float(r[f"{name}.true.{k}"])) for k in labels] for r in rows]
    prob = [[float(r[f"{name}.prob.{k}"]) for k in labels] for r in rows]
    return Multilabel(truth, prob)


def main():
    evaluation = json.load(open(sys.argv[1]))
    rows = read_tasks(sys.argv[2])
    compared = wrong = 0
    for task in evaluation["tasks"]:
        if task["labelled"] == 0:
            continue
        measures = rows_of(rows, task)
        for metric in task["metrics"]:
            formula = getattr(measures, metric["name"].replace("-", "_"), None)
            if formula is None:
                continue
            (value,) = [m["value"] for m in metric["models"].values()]
            expected = formula()
            compared += 1
            if expected is None and value is None:
                continue
            if (expected is None) != (value is None) or \
                    abs(expected - value) > TOLERANCE * max(1.0, abs(expected)):
                wrong += 1
                print(f"{task['name']} {metric['name']}: {value}, "
                      f"independently {expected}")
    print(f"{compared} values compared, {wrong} differ")
    return 1 if wrong or not compared else 0


sys.exit(main())
