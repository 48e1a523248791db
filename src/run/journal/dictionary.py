#!/usr/bin/env python3
"""Makes `dictionary.zstd`, what new journals compress their payloads against.

    python3 src/run/journal/dictionary.py JOURNAL…

Its content is `dictionary.txt`. Before it stand tables of how often what is copied from where, counted
in the payloads of these journals: with them a payload needs none of its own, which took longer to make
than the rest. Needs libzstd. Journals that are there already keep the dictionary that they began with.
"""

import ctypes
import sqlite3
import sys
from pathlib import Path

HERE = Path(__file__).parent
LEVEL = -2
ROOM = 1 << 20

zstd = ctypes.CDLL("libzstd.so.1")
for function in (zstd.ZDICT_finalizeDictionary, zstd.ZSTD_decompress_usingDict):
    function.restype = ctypes.c_size_t
zstd.ZSTD_createDCtx.restype = ctypes.c_void_p


class Parameters(ctypes.Structure):
    _fields_ = [("level", ctypes.c_int), ("notifications", ctypes.c_uint), ("id", ctypes.c_uint)]


def whole(size, what):
    if zstd.ZSTD_isError(ctypes.c_size_t(size)):
        sys.exit(f"{what}: libzstd cannot do it")
    return size


def payloads(path):
    """What one journal holds, unpacked."""
    journal = sqlite3.connect(path)
    (dictionary,) = journal.execute("SELECT value FROM about WHERE name = 'dictionary'").fetchone()
    if isinstance(dictionary, str):
        dictionary = dictionary.encode()
    context = ctypes.c_void_p(zstd.ZSTD_createDCtx())
    room = ctypes.create_string_buffer(ROOM)
    for (packed,) in journal.execute("SELECT payload FROM calls UNION ALL SELECT payload FROM endings"):
        sizes = [ctypes.c_size_t(size) for size in (ROOM, len(packed), len(dictionary))]
        size = zstd.ZSTD_decompress_usingDict(context, room, sizes[0], packed, sizes[1], dictionary, sizes[2])
        yield room.raw[: whole(size, path)]


def main():
    samples = [payload for path in sys.argv[1:] for payload in payloads(path)]
    if not samples:
        sys.exit(__doc__)
    content = (HERE / "dictionary.txt").read_bytes()
    room = ctypes.create_string_buffer(ROOM)
    size = zstd.ZDICT_finalizeDictionary(
        room,
        ctypes.c_size_t(ROOM),
        content,
        ctypes.c_size_t(len(content)),
        b"".join(samples),
        (ctypes.c_size_t * len(samples))(*map(len, samples)),
        len(samples),
        Parameters(LEVEL, 0, 1),
    )
    (HERE / "dictionary.zstd").write_bytes(room.raw[: whole(size, "the dictionary")])
    print(f"{size} bytes, of {len(samples)} payloads")


main()
