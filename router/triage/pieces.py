"""Words into the pieces that the sentence encoder knows, the likeliest way of cutting each (a unigram model).

No piece goes over a space, so each word is cut alone and its pieces are kept: a message costs a few look-ups.
"""

import struct
from array import array
from collections.abc import Sequence
from functools import lru_cache
from unicodedata import normalize

UNKNOWN, BEGIN, END = 0, 1, 2  # ids that stand for no text
MAX_PIECES = 64  # of one text; what people want stands near the top, and time is bounded
SPACE = "▁"  # stands before each word, as the vocabulary has it
_KEPT = 50_000  # words
_LENGTH_DELIMITED, _PIECE = 2, 1  # of the vocabulary's protocol buffer: wire type, field number


class Pieces:
    """A vocabulary, and how it cuts words."""

    def __init__(self, vocabulary: bytes) -> None:
        self._ids, self._scores = _parse(vocabulary)
        self._longest = max(map(len, self._ids))
        self._worst = min(self._scores) - 10.0  # of a character that is in no piece
        self._of_word = lru_cache(maxsize=_KEPT)(self._cut)

    def of(self, text: str) -> list[int]:
        """Return the ids of a text, BEGIN and END around them, at most MAX_PIECES."""
        ids = [BEGIN]
        for word in text[: MAX_PIECES * self._longest].split():
            ids += self._of_word(word)
            if len(ids) >= MAX_PIECES:
                break
        if len(ids) == 1:
            ids.append(UNKNOWN)
        return [*ids[: MAX_PIECES - 1], END]

    def _cut(self, word: str) -> Sequence[int]:
        """Return the pieces of one word: of all ways the one with the highest sum of scores."""
        text = SPACE + normalize("NFKC", word).replace(" ", SPACE)
        best = [0.0] + [float("-inf")] * len(text)
        cut: list[tuple[int, int]] = [(0, UNKNOWN)] * (len(text) + 1)  # (where the last piece begins, its id)
        for start in range(len(text)):
            alone = True
            for end in range(start + 1, min(start + self._longest, len(text)) + 1):
                piece = self._ids.get(text[start:end])
                if piece is None:
                    continue
                alone = alone and end > start + 1
                if best[start] + self._scores[piece] > best[end]:
                    best[end], cut[end] = best[start] + self._scores[piece], (start, piece)
            if alone and best[start] + self._worst > best[start + 1]:
                best[start + 1], cut[start + 1] = best[start] + self._worst, (start, UNKNOWN)
        ids: list[int] = []
        at = len(text)
        while at:
            at, piece = cut[at]
            ids.append(piece)
        return ids[::-1]


def _parse(data: bytes) -> tuple[dict[str, int], "array[float]"]:
    """Return id by piece, and the score of each id, from a SentencePiece model: its first field, repeated."""
    ids: dict[str, int] = {}
    scores = array("f")
    at = 0
    while data[at] == _PIECE << 3 | _LENGTH_DELIMITED and data[at + 1] < 128:
        end = at + 2 + data[at + 1]
        text_end = at + 4 + data[at + 3]
        ids.setdefault(data[at + 4 : text_end].decode("utf-8"), len(scores))
        scores.append(struct.unpack_from("<f", data, text_end + 1)[0] if text_end < end else 0.0)
        at = end
    return ids, scores
