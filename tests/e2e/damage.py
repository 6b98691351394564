"""Damages a file at random, the same way every time.

usage: damage.py ORIGINAL FOLDER COUNT

Writes FOLDER/N.raw and FOLDER/N.sealed. The damages are those of
tests/h5/mutator.h; for a sealed file the body alone is damaged and gets the
envelope that it would have had, as docs/file-format.md has it.
"""

import hashlib
import random
import sys

ENVELOPE = 512


def damage(data, first, number):
    draw = random.Random(number)
    at = draw.randrange(first, len(data))
    sort = draw.randrange(100)
    if sort < 40:
        data[at] ^= 1 << draw.randrange(8)
    elif sort < 60:
        data[at] = draw.randrange(256)
    elif sort < 75:
        run = data[at:at + draw.randint(2, 64)]
        data[at:at + len(run)] = bytes(draw.randrange(256) for _ in run)
    elif sort < 83:
        del data[at:]
    elif sort < 88:
        begin = max(first, at // 512 * 512)
        data[begin:begin + 512] = bytes(len(data[begin:begin + 512]))
    else:
        hostile = draw.choice([0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1,
                               2**64 - 1]).to_bytes(8, "little")
        width = min(draw.choice([4, 8]), len(data) - at)
        data[at:at + width] = hostile[:width]
    return data


def reseal(data):
    body = bytes(data[ENVELOPE:])
    text = (f"mtl-h5 2\nbody {len(body)}\n"
            f"sha256 {hashlib.sha256(body).hexdigest()}\n"
            "This is an HDF5 file: the HDF5 superblock starts at byte 512.\n")
    return text.encode().ljust(ENVELOPE, b"\n") + body


def main():
    original, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(original, "rb") as file:
        data = file.read()
    # The envelope is computed as the tools do it, or sealing tests nothing.
    assert reseal(data) == data
    for number in range(count):
        raw = damage(bytearray(data), 0, number)
        sealed = reseal(damage(bytearray(data), ENVELOPE, number))
        for name, content in (("raw", raw), ("sealed", sealed)):
            with open(f"{folder}/{number}.{name}", "wb") as file:
                file.write(content)


main()
