"""Two tables of what weightings.sh measured in the current folder: by how many
per cent each method lowers the error against `single`, and the processor time
of one training.

    weightings_report.py SET...
"""

import glob
import json
import sys
from statistics import mean


def gain(of):
    if of["value"] is None:
        return "-"
    low, value, high = (100 * of[key] for key in ("low", "value", "high"))
    verdict = "**" if low > 0 or high < 0 else ""
    return f"{verdict}{value:+.1f}{verdict} [{low:+.1f}, {high:+.1f}]"


def seconds(name, method):
    files = glob.glob(f"{name}.{method}.*.seconds")
    return mean(sum(float(part) for part in open(file).read().split())
                for file in files)


def table(sets, methods, title, cell):
    print(f"| {title} | " + " | ".join(sets) + " |")
    print("|---" * (1 + len(sets)) + "|")
    for method in methods:
        print(f"| {method} | " + " | ".join(cell(name, method)
                                            for name in sets) + " |")
    print()


def main():
    sets = sys.argv[1:]
    reports = {}
    for name in sets:
        with open(f"{name}.json") as file:
            reports[name] = json.load(file)
    methods = reports[sets[0]]["models"]
    table(sets, [m for m in methods if m != "single"], "gain over single, %",
          lambda name, method: gain(reports[name]["gain"][method]))
    table(sets, methods, "processor seconds",
          lambda name, method: f"{seconds(name, method):.1f}")


main()
