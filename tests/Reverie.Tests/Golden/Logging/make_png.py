"""Writes the PNG files of this folder with Python's zlib, every row under a filter of its own."""
import struct
import zlib
from pathlib import Path

HERE = Path(__file__).parent
WIDTH, HEIGHT = 13, 11


def pixel(x, y):
    return [(7 * x + 3 * y) % 256, (5 * x * y) % 256, (255 - 11 * x + y) % 256]


def paeth(a, b, c):
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def filtered(rows, step):
    out, above = b"", [0] * len(rows[0])
    for y, row in enumerate(rows):
        kind, line = y % 5, []
        for i, value in enumerate(row):
            a = row[i - step] if i >= step else 0
            c = above[i - step] if i >= step else 0
            b = above[i]
            line.append((value - [0, a, b, (a + b) // 2, paeth(a, b, c)][kind]) % 256)
        out += bytes([kind]) + bytes(line)
        above = row
    return out


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write(name, width, rows, colour, step, extra=b""):
    packed = zlib.compress(filtered(rows, step))
    half = len(packed) // 2  # two IDAT chunks: readers must join them
    (HERE / name).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, len(rows), 8, colour, 0, 0, 0)) + extra
        + chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:]) + chunk(b"IEND", b""))


rgb = [[v for x in range(WIDTH) for v in pixel(x, y)] for y in range(HEIGHT)]
rgba = [[v for x in range(WIDTH) for v in pixel(x, y) + [x * 9]] for y in range(HEIGHT)]
write("rgb_all_filters.png", WIDTH, rgb, 2, 3)
write("rgba.png", WIDTH, rgba, 6, 4)
write("palette.png", 3, [[2, 0, 1]], 3, 1, chunk(b"PLTE", bytes([0, 0, 255, 10, 20, 30, 255, 0, 0])))
