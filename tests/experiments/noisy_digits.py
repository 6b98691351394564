"""MNIST with wrong labels, as two files that mtl-convert reads.

    noisy_digits.py MNIST NOISE SEED ROWS FOLDER

MNIST is the folder of the four IDX files. Writes train.npz and test.npz, each
with `photo` (bytes) and `digit`. Of the training rows a share of NOISE, such as
symmetric-0.5 or asymmetric-0.4, has another label: any other digit, or that
which looks like it (2 to 7, 3 to 8, 5 to 6, 6 to 5, 7 to 1), as in Han et al.
2018 and Patrini et al. 2017. SEED draws them. ROWS: so many of the training
rows, 0: all. Needs no package.
"""

import gzip
import os
import random
import struct
import sys
import zipfile

LOOKS_LIKE = {2: 7, 3: 8, 5: 6, 6: 5, 7: 1}


def read_idx(path):
    """The shape and the bytes of an array."""
    with gzip.open(path) as file:
        content = file.read()
    rank = content[3]
    shape = struct.unpack(f">{rank}I", content[4:4 + 4 * rank])
    return shape, content[4 + 4 * rank:]


def npy(shape, content):
    """An array of bytes as NumPy keeps it (NEP 1, version 1.0)."""
    header = ("{'descr': '|u1', 'fortran_order': False, 'shape': "
              f"{tuple(shape)!r}, }}")
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    return (b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) +
            header.encode() + content)


def wrong(digit, kind, draw):
    if kind == "symmetric":
        return draw.choice([other for other in range(10) if other != digit])
    return LOOKS_LIKE.get(digit, digit)


def write(path, mnist, name, rows, change):
    shape, photos = read_idx(
        os.path.join(mnist, f"{name}-images-idx3-ubyte.gz"))
    _, digits = read_idx(os.path.join(mnist, f"{name}-labels-idx1-ubyte.gz"))
    rows = rows or shape[0]
    digits = bytes(change(digit) for digit in digits[:rows])
    with zipfile.ZipFile(path, "w") as file:
        photos = photos[:rows * shape[1] * shape[2]]
        file.writestr("photo.npy", npy((rows, *shape[1:]), photos))
        file.writestr("digit.npy", npy((rows,), digits))


def main():
    mnist, noise, seed, rows, folder = sys.argv[1:6]
    kind, part = noise.rsplit("-", 1)
    draw = random.Random(int(seed))

    def change(digit):
        is_wrong = draw.random() < float(part)
        return wrong(digit, kind, draw) if is_wrong else digit

    write(os.path.join(folder, "train.npz"), mnist, "train", int(rows), change)
    write(os.path.join(folder, "test.npz"), mnist, "t10k", 0, lambda d: d)


if __name__ == "__main__":
    main()
