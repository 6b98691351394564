"""MNIST as 100 clients have it, as two files that mtl-convert reads.

    federated_digits.py MNIST iid|shards FOLDER

MNIST is the folder of the four IDX files. Writes train.npz and test.npz, each
with `photo` (bytes), `digit` and `client`: of 600 training rows each, drawn at
random, or in two shards of the 200 into which rows sorted by digit fall
(McMahan et al. 2017). Needs no package.
"""

import os
import random
import sys
import zipfile

from noisy_digits import npy, read_idx

CLIENTS = 100
SHARDS = 2 * CLIENTS


def clients_of(digits, kind, draw):
    order = list(range(len(digits)))
    draw.shuffle(order)
    if kind == "shards":
        order.sort(key=lambda row: digits[row])
    shards = list(range(SHARDS))
    draw.shuffle(shards)
    size = len(digits) // SHARDS
    clients = bytearray(len(digits))
    for place, shard in enumerate(shards):
        for row in order[shard * size:(shard + 1) * size]:
            clients[row] = place // 2
    return bytes(clients)


def write(path, mnist, name, client_of):
    shape, photos = read_idx(
        os.path.join(mnist, f"{name}-images-idx3-ubyte.gz"))
    _, digits = read_idx(os.path.join(mnist, f"{name}-labels-idx1-ubyte.gz"))
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("photo.npy", npy(shape, photos))
        file.writestr("digit.npy", npy((shape[0],), digits))
        file.writestr("client.npy", npy((shape[0],), client_of(digits)))


def main():
    mnist, kind, folder = sys.argv[1:4]
    draw = random.Random(0)
    write(os.path.join(folder, "train.npz"), mnist, "train",
          lambda digits: clients_of(digits, kind, draw))
    write(os.path.join(folder, "test.npz"), mnist, "t10k",
          lambda digits: bytes([CLIENTS]) * len(digits))


if __name__ == "__main__":
    main()
