"""One cell of the experiment: a set, a fold, a method, a seed. Writes its score
and the processor time that it took, or leaves alone what is there.

    cell.py FOLDER SET FOLD METHOD SEED [-- BIN PREP-FLAGS -- TRAIN-FLAGS]

METHOD is one of peers.PEERS, or any name for mtlkit with these flags.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import table_file
from peers import PEERS
from sets import SETS, score


def _run(*command):
    subprocess.run([str(part) for part in command], check=True,
                   stdout=subprocess.DEVNULL)


def _mtlkit(table, fold, seed, tools, prep, train, folder):
    """Predictions for the rows kept out, through the command line."""
    def path(name):
        return os.path.join(folder, name)

    def tool(name, *arguments):
        _run(os.path.join(tools, name), *arguments, "--quiet")

    tasks = table_file.write(table, fold, path("table.csv"))
    tool("mtl-convert", path("table.csv"), "-o", path("table.h5"))
    tool("mtl-prep", path("table.h5"), "-o", path("ready.h5"), *tasks,
         "--seed", seed, *prep)
    begin = time.time()
    tool("mtl-train", path("ready.h5"), "-o", path("model.h5"), "--seed", seed,
         *train)
    seconds = time.time() - begin
    tool("mtl-predict", path("model.h5"), path("ready.h5"), "--split", "test",
         "-o", path("predictions.csv"))
    predictions = pd.read_csv(path("predictions.csv"))
    suffix = ".prob" if table.measure == "auc" else ""
    columns = [name + suffix for name in table.labels.columns]
    return predictions[columns].to_numpy(), seconds


def main():
    folder, name, fold, method, seed = sys.argv[1:6]
    fold, seed = int(fold), int(seed)
    result = os.path.join(folder, f"{name}.{fold}.{method}.{seed}.json")
    if os.path.exists(result):
        return
    table = SETS[name]()
    begin = time.time()
    if method in PEERS:
        predictions = PEERS[method](table, fold, seed)
        seconds = time.time() - begin
    else:
        tools, *prep = sys.argv[7:]
        at = prep.index("--")
        with tempfile.TemporaryDirectory() as scratch:
            predictions, seconds = _mtlkit(table, fold, seed, tools, prep[:at],
                                           prep[at + 1:], scratch)
    value, by_task = score(table, fold, predictions)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF,
                                                resource.RUSAGE_CHILDREN)]
    cell = {"value": value, "by_task": by_task, "train_seconds": seconds,
            "cpu_seconds": sum(u.ru_utime + u.ru_stime for u in used)}
    with open(result + ".part", "w") as file:
        json.dump(cell, file)
    os.replace(result + ".part", result)


main()
