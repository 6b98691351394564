"""Files of mtlkit as the comparisons with other frameworks read them."""
import h5py
import numpy as np

TOLERANCE = 1e-5


def rows_of(file, split):
    return file["splits/" + split][:]


def block(group, rows):
    """Rows of an input block; sparse ones as full matrices, texts as lists."""
    if isinstance(group, h5py.Dataset):
        return group[:][rows]
    if "pixels" in group:
        return group["pixels"][:][rows]
    if "codes" in group:
        starts, codes = group["indptr"][:], group["codes"][:]
        return [codes[starts[row]:starts[row + 1]] for row in rows]
    starts, columns, values = (group[k][:] for k in
                               ("indptr", "indices", "data"))
    full = np.zeros((len(rows), group.attrs["shape"][1]), "f4")
    for i, row in enumerate(rows):
        part = slice(starts[row], starts[row + 1])
        full[i, columns[part]] = values[part]
    return full


def raw_columns(file, rows):
    """A table that mtl-convert wrote, as columns of numbers and texts."""
    table = {}
    for name, group in file["inputs"].items():
        if "names/" + name not in file:
            table[name] = block(group, rows)
            continue
        columns = file["names/" + name].asstr()[:]
        x = block(group, rows)
        for j, column in enumerate(columns):
            if x.dtype.kind == "f":
                table[column] = x[:, j]
                continue
            at = "categories/" + column
            if at not in file:
                at = f"categories/{name}/{column}"
            words = np.array(list(file[at].asstr()[:]) + [""], object)
            table[column] = words[x[:, j]]  # -1, missing, is the last
    return table


def same_blocks(blocks, prepared, rows):
    """Ends the program where prepare.py makes other blocks than mtl-prep."""
    for name, x in blocks.items():
        if name.endswith(".starts"):
            continue
        ours = block(prepared["inputs/" + name], rows)
        if isinstance(ours, list):  # texts
            starts = np.cumsum([0] + [len(row) for row in ours])
            assert np.array_equal(blocks[name + ".starts"], starts), name
            ours = np.concatenate(ours).astype("i8")
        if x.dtype != ours.dtype or not np.array_equal(x, ours):
            worst = np.abs(x.astype("f8") - ours).max()
            raise SystemExit(f"prepare.py: {name} is off by {worst}")
        print(f"prepare.py: {name}: {x.shape} equal to the bit")


def deviation_of(task):
    """That of the labels, or, where there are none, of what is predicted."""
    values = task["y" if "y" in task else "pred"][:]
    return max(1e-30, np.nanstd(values))


def all_seen(file, rows):
    """Which rows have no category that no training row has."""
    seen = np.ones(len(rows), bool)
    for name, group in file["inputs"].items():
        x = block(group, rows)
        if isinstance(x, list) or x.dtype.kind != "i":
            continue
        for j, column in enumerate(file["names/" + name].asstr()[:]):
            known = file[f"categories/{name}/{column}"]
            seen &= x[:, j] < len(known)
    return seen


def compare(what, predictions, said, classes, keep=slice(None)):
    """Ends the program where another framework says something else.

    said: arrays by task; classes: names of classes by task; keep: which rows
    are compared.
    """
    tasks = h5py.File(predictions)["tasks"]
    for name, task in tasks.items():
        ours = task["prob" if "prob" in task else "pred"][:]
        ours = ours.reshape(len(ours), -1)
        theirs = np.asarray(said[name], "f8").reshape(ours.shape)[keep]
        ours = ours[keep]
        scale = 1 if "prob" in task else deviation_of(task)
        worst = np.abs(ours - theirs).max() / scale
        print(f"{what}: {name}: {len(ours)} rows, off by {worst:.1e}")
        if not worst < TOLERANCE:
            raise SystemExit(f"{what}: {name}: that is too much")
        if name not in classes:
            continue
        known = task["classes"].asstr()[:]
        if task.attrs["type"] == b"ordinal":
            higher = ours[:, ::-1].cumsum(1)[:, ::-1][:, 1:]
            best, margin = (higher > 0.5).sum(1), abs(higher - 0.5).min(1)
        elif ours.shape[1] == 1:
            best, margin = (ours[:, 0] > 0.5).astype(int), abs(ours[:, 0] - 0.5)
        else:
            top = np.sort(ours, 1)
            best, margin = ours.argmax(1), top[:, -1] - top[:, -2]
        clear = margin > TOLERANCE
        if not (known[best] == np.asarray(classes[name], object))[clear].all():
            raise SystemExit(f"{what}: {name}: other classes")
