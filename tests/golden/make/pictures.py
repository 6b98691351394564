"""Small pictures of every kind, written by Pillow, and beside each what Pillow
reads of it (turned, without transparency, as height, width, channels and
bytes): tests/golden/pictures. Needs Pillow and numpy.

    python3 make/pictures.py --out tests/golden/pictures
"""

import argparse
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps


def smooth(height, width, channels):
    """Colours that JPEG keeps nearly."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [(40 + 25 * y + 11 * x) % 251, (200 - 9 * y + 3 * x) % 251,
              (90 + 5 * y * x) % 251]
    return np.stack(planes[:channels], axis=2).astype(np.uint8)


def chunk(name, data):
    return (struct.pack(">I", len(data)) + name + data +
            struct.pack(">I", zlib.crc32(name + data)))


def png(height, width, depth, color, rows, interlace=0, more=b""):
    """A PNG by hand: what Pillow does not write."""
    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def interlaced(grey):
    """Adam7 of one channel of bytes."""
    out = b""
    for y0, x0, dy, dx in ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4),
                           (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2),
                           (1, 0, 2, 1)):
        part = grey[y0::dy, x0::dx]
        if part.size:
            out += b"".join(b"\0" + row.tobytes() for row in part)
    return out


def keep(out, name, bytes_read=None):
    path = os.path.join(out, name)
    picture = ImageOps.exif_transpose(Image.open(path))
    if bytes_read is None:
        bytes_read = np.asarray(picture)
    if bytes_read.ndim == 2:
        bytes_read = bytes_read[:, :, None]
    head = struct.pack("BBB", *bytes_read.shape)
    with open(path + ".raw", "wb") as file:
        file.write(head + bytes_read.astype(np.uint8).tobytes())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", required=True)
    out = parser.parse_args().out
    os.makedirs(out, exist_ok=True)

    def path(name):
        return os.path.join(out, name)

    grey, colour = smooth(7, 5, 1)[:, :, 0], smooth(7, 5, 3)
    Image.fromarray(grey).save(path("grey.png"))
    keep(out, "grey.png")
    Image.fromarray(colour).save(path("colour.png"))
    keep(out, "colour.png")
    table = Image.fromarray(colour).quantize(8)
    table.save(path("palette.png"))
    keep(out, "palette.png", np.asarray(table.convert("RGB")))
    Image.fromarray(grey > 120).save(path("bit.png"))
    keep(out, "bit.png", (grey > 120) * 255)
    deep = grey.astype(np.uint16) * 256 + 77
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep)
    with open(path("deep.png"), "wb") as file:
        file.write(png(7, 5, 16, 0, rows))
    keep(out, "deep.png", grey)
    alpha = np.linspace(0, 255, 35).astype(np.uint8).reshape(7, 5)
    Image.fromarray(np.dstack([colour, alpha])).save(path("clear.png"))
    a = alpha[:, :, None].astype(int)
    keep(out, "clear.png", (colour * a + 255 * (255 - a) + 127) // 255)
    with open(path("interlaced.png"), "wb") as file:
        file.write(png(7, 5, 8, 0, interlaced(grey), interlace=1))
    keep(out, "interlaced.png", grey)

    wide = smooth(16, 24, 3)
    Image.fromarray(wide[:, :, 0]).save(path("grey.jpg"), quality=90)
    keep(out, "grey.jpg")
    Image.fromarray(wide).save(path("colour.jpg"), quality=90, subsampling=0)
    keep(out, "colour.jpg")
    Image.fromarray(wide).save(path("progressive.jpg"), quality=80,
                               progressive=True)
    keep(out, "progressive.jpg")
    for orientation in range(2, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        name = f"turned{orientation}.jpg"
        Image.fromarray(wide).save(path(name), quality=90, subsampling=0,
                                   exif=exif)
        keep(out, name)
    Image.fromarray(wide).convert("CMYK").save(path("cmyk.jpg"))


main()
