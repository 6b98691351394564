#!/usr/bin/env python3
"""Writes the School data (ILEA exam scores) as CSV.

usage: school_to_csv.py school.mat > school.csv

`school.mat` is a MATLAB v5 file with two cells of 139 arrays: X, the pupils of
each school (28 columns, the last of them a constant 1, which is left out), and
Y, their scores. The columns of the result are `school` (1 .. 139), x1 .. x27
and `score`; `school` is written as school001 so that it reads as a word. Needs
nothing but Python's standard library.
"""

import struct
import sys
import zlib

CELL_CLASS, COMPRESSED, MATRIX = 1, 15, 14
FORMATS = {1: "b", 2: "B", 3: "h", 4: "H", 5: "i", 6: "I", 7: "f", 9: "d",
           12: "q", 13: "Q"}


def element(data, at):
    """The type and bytes of the element at `at`, and where the next begins."""
    kind, size = struct.unpack_from("<II", data, at)
    if kind >> 16:  # a small element: up to four bytes within the tag
        size, kind = kind >> 16, kind & 0xFFFF
        return kind, data[at + 4:at + 4 + size], at + 8
    end = at + 8 + size
    padding = 0 if kind == COMPRESSED else -size % 8
    if end > len(data):
        raise ValueError("the file is cut off")
    return kind, data[at + 8:end], end + padding


def elements(data, at=0):
    while at < len(data):
        kind, content, at = element(data, at)
        if kind == COMPRESSED:
            yield from elements(zlib.decompress(content))
        else:
            yield kind, content


def numbers(kind, content):
    code = FORMATS[kind]
    count = len(content) // struct.calcsize(code)
    return struct.unpack("<%d%s" % (count, code), content)


def matrix(content):
    """(name, value): a list for a cell, a list of rows for numbers."""
    parts = list(elements(content))
    flags, shape, name = (numbers(*part) for part in parts[:3])
    text = bytes(byte & 0xFF for byte in name).decode("ascii")
    if flags[0] & 0xFF == CELL_CLASS:
        return text, [matrix(inner)[1] for _, inner in parts[3:]]
    rows, cols = shape
    values = numbers(*parts[3])  # column by column
    return text, [values[row::rows][:cols] for row in range(rows)]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    cells = dict(matrix(content) for kind, content in elements(data, 128)
                 if kind == MATRIX)
    names = ["x%d" % (i + 1) for i in range(27)]
    print(",".join(["school"] + names + ["score"]))
    for number, (pupils, scores) in enumerate(zip(cells["X"], cells["Y"])):
        for pupil, score in zip(pupils, scores):
            row = ["school%03d" % (number + 1)]
            row += [str(value) for value in pupil[:27]] + [str(score[0])]
            print(",".join(row))


if __name__ == "__main__":
    main()
