#!/usr/bin/env bash
# Files of arrays that are larger than the memory there is.
. "$(dirname "$0")/common.sh"

# Limits of data are those of the kernel: others may not count.
most=16000 # KiB: a file is twice as large, and an array of it, too
sh -c "ulimit -d $most" 2>/dev/null || skip "no limit of data can be set"

# 32 MB each: numbers of double precision by rows, by columns, packed; lists and
# texts; bytes.
python3 - <<'PYTHON'
import array, struct, zipfile

rows, cols = 100000, 40
piece = array.array("d", (i / 7 for i in range(cols * 1000))).tobytes()

def head(kind, shape, by_columns=False):
    text = str({"descr": kind, "fortran_order": by_columns, "shape": shape})
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text) + 1) + \
        text.encode() + b"\n"

def write(file, first, one, times):
    file.write(first)
    for _ in range(times):
        file.write(one)

for name, by_columns in ("rows", False), ("columns", True):
    with open(name + ".npy", "wb") as file:
        write(file, head("<f8", (rows, cols), by_columns), piece, rows // 1000)
with zipfile.ZipFile("packed.npz", "w", zipfile.ZIP_DEFLATED,
                     compresslevel=1) as archive:
    with archive.open("x.npy", "w", force_zip64=True) as file:
        write(file, head("<f8", (rows, cols)), piece, rows // 1000)
with zipfile.ZipFile("lists.npz", "w") as archive:
    for i in range(4):
        with archive.open("n%d.npy" % i, "w") as file:
            write(file, head("<f8", (10 * rows,)),
                  array.array("d", range(1000)).tobytes(), rows // 100)
    with archive.open("t.npy", "w") as file:
        write(file, head("|S8", (10 * rows,)), b"Ulm     " + b"Bonn    ",
              5 * rows)
with open("pixels.idx", "wb") as file:
    write(file, b"\0\0\x08\x03" + struct.pack(">3I", 4000, 100, 80),
          bytes(range(250)) * 32, 4000)
PYTHON
for file in rows.npy columns.npy packed.npz lists.npz pixels.idx; do
  (ulimit -d "$most" && mtl-convert $file -o $file.h5 -q 2>said) ||
    fail "$file takes memory: $(cat said)"
done
# One below the other, too.
(ulimit -d "$most" && mtl-convert a=rows.npy b=rows.npy -o two.h5 -q) ||
  fail "two files take memory"

# And their values are in their places.
{ mtl-convert columns.npy.h5 --to csv -o - || true; } | sed -n 6p >said
python3 - <<'PYTHON'
rows, cells = 100000, 40000  # which repeat
said = [float(cell) for cell in open("said").read().split(",")[1:]]
wanted = [(col * rows + 4) % cells / 7 for col in range(40)]
assert all(abs(a - b) <= 1e-6 * b for a, b in zip(said, wanted, strict=True))
PYTHON
