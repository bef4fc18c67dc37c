"""What every channel must do, whatever its platform. A channel's test inherits it and says how its platform posts:

    class TestConformance(Conformance):
        case = Case(channel="example", connection=keeps("example"), post=signed_post, unknown=(b'{"type": "new"}',))

Several ways into one channel are several cases, each with its own samples.
"""

import dataclasses
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

import channels
from channels import verify
from channels.errors import NotUnderstood
from channels.types import (
    REPLAY_WINDOW,
    Adapter,
    Answer,
    Connection,
    Delivery,
    Parsed,
    Request,
    Unreadable,
)
from router import intake
from tests.builders import Desk, a_connection_row, now
from tests.channels.builders import NOON, OLD_SECRET, SECRET, a_connection
from tests.channels.forms import check
from tests.channels.samples import expected_of, said, samples_of
from tests.channels.variations import broken, damaged, same_otherwise

BOTH = (SECRET, OLD_SECRET)
NOT_A_PROOF = frozenset({"content-type", "content-length", "user-agent", "host"})  # headers any post may have
PLACES = 25  # of a body, in each of which one byte is changed
BY_BYTES = 4  # one in so many is damaged byte by byte

Connections = Callable[[tuple[str, ...]], Connection]


def unproven(request: Request) -> Sequence[Request]:
    """Return a request without any header that could prove it, and once for each such header cut short by a letter."""
    plain = {name: value for name, value in request.headers.items() if name in NOT_A_PROOF}
    proofs = {name: value for name, value in request.headers.items() if name not in NOT_A_PROOF}
    cut = [{**request.headers, name: value[:-1]} for name, value in proofs.items()]
    return [dataclasses.replace(request, headers=headers) for headers in (plain, *cut)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """How one channel, or one way into it, is tried."""

    channel: str
    connection: Connections  # one whose active secrets are these: the current one, the one before
    # A body as the platform posts it, proven with a secret at a time; beside its content type only what proves it.
    post: Callable[[bytes, str, datetime], Request]
    unknown: tuple[bytes, ...]  # bodies of event types that do not exist; none where there are no types
    timed: bool = False  # the proof covers a time
    proves_body: bool = True  # the proof covers the bytes; False: a shared secret, alike for each post
    unproven: Callable[[Request], Sequence[Request]] = unproven  # where a proof does not stand in the headers
    samples: str = "*"  # those of the channel's samples that come this way
    sizes: bool = False  # its expected files show sizes instead of bytes
    closed: frozenset[str] = frozenset()  # names of objects in which every field counts
    keeps_odd: bool = True  # keeps what it cannot read; False: refuses it, for a person waits for the answer


def keeps(channel: str, **settings: str) -> Connections:
    """Return connections whose secrets are our own."""
    return lambda secrets: a_connection(channel, secrets=secrets, **settings)


def holds(channel: str, name: str, **settings: str) -> Connections:
    """Return connections whose secrets the platform gave, as a setting that rotates."""

    def connection(secrets: tuple[str, ...]) -> Connection:
        named = dict(zip((name, name + verify.BEFORE), secrets, strict=False))
        return a_connection(channel, secrets=(), **settings, **named)

    return connection


class Conformance:
    """The tests; a class that inherits them says its `case`."""

    case: ClassVar[Case]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run what asks for a sample once for each."""
        if "sample" in metafunc.fixturenames:
            metafunc.parametrize("sample", samples_of(self.case.channel, self.case.samples), ids=lambda path: path.stem)

    # Trust

    def test_accepts_both_active_secrets(self) -> None:
        for secret in BOTH:
            assert isinstance(self.received(self.posted(secret)), Delivery)

    def test_refuses_a_secret_that_is_no_longer_active(self) -> None:
        self.refuses(self.posted(OLD_SECRET), (SECRET,))

    def test_refuses_a_wrong_proof(self) -> None:
        for wrong in ("wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "é"):
            self.refuses(self.posted(wrong))

    def test_refuses_a_missing_proof_and_one_cut_short(self) -> None:
        for request in self.case.unproven(self.posted()):
            self.refuses(request)

    def test_refuses_everyone_without_a_secret(self) -> None:
        for secrets in ((), ("",), ("", "")):
            for request in (self.posted(""), self.posted(), *self.case.unproven(self.posted(""))):
                self.refuses(request, secrets)

    def test_an_empty_secret_beside_a_good_one_proves_nothing(self) -> None:
        for secrets in ((SECRET, ""), ("", SECRET)):
            self.refuses(self.posted(""), secrets)
            assert isinstance(self.received(self.posted(), secrets=secrets), Delivery)

    def test_refuses_before_it_reads(self) -> None:
        for body in (b"", b"{", b"[" * 5000, b"\xff\xfe"):
            self.refuses(dataclasses.replace(self.case.unproven(self.posted())[0], body=body))

    def test_refuses_a_proof_of_another_body(self) -> None:
        """Asked where `proves_body` alone: a shared secret proves who posts, not what."""
        request = self.posted()
        body = request.body
        for place in range(0, len(body), max(1, len(body) // PLACES)):
            flipped = body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
            self.refuses(dataclasses.replace(request, body=flipped))
        for other in (b"", body[:-1], body + b"x"):
            self.refuses(dataclasses.replace(request, body=other))

    def test_refuses_a_stale_proof_and_one_from_the_future(self) -> None:
        """Asked where `timed` alone."""
        second = timedelta(seconds=1)
        for off in (REPLAY_WINDOW + second, -REPLAY_WINDOW - second, timedelta(days=400)):
            self.refuses(self.posted(at=NOON - off))
        for off in (REPLAY_WINDOW - second, second - REPLAY_WINDOW):
            assert isinstance(self.received(self.posted(at=NOON - off)), Delivery)

    def test_a_replay_is_the_same_delivery_and_a_late_one_is_refused(self) -> None:
        first, again = self.received(self.posted()), self.received(self.posted())
        assert isinstance(first, Delivery)
        assert isinstance(again, Delivery)
        assert first.key == again.key != ""
        if self.case.timed:
            self.refuses(self.posted(), at=NOON + 2 * REPLAY_WINDOW)

    def test_what_is_proven_but_odd_is_kept(self) -> None:
        for body in (b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 5000, b"9" * 5000):
            answer = self.received(self.case.post(body, SECRET, NOON))
            assert isinstance(answer, Delivery) or not self.case.keeps_odd, body
            if isinstance(answer, Delivery):
                assert 200 <= answer.answer.status < 300
                self.read(answer.body, answer)

    def test_what_is_kept_holds_no_secret(self) -> None:
        delivery = self.received(self.posted())
        assert isinstance(delivery, Delivery)
        assert SECRET not in repr(dataclasses.replace(delivery, body=b""))

    # Everything in

    def test_reads_a_sample_as_its_expected_file_says(self, sample: Path) -> None:
        assert said(self.parsed(sample), sizes=self.case.sizes) == expected_of(sample)

    def test_reads_twice_the_same(self, sample: Path) -> None:
        assert self.parsed(sample) == self.parsed(sample)

    def test_gives_times_in_utc_and_ids_as_text(self, sample: Path) -> None:
        check(self.parsed(sample))

    def test_does_not_mind_the_order_of_keys_and_unknown_fields(self, sample: Path) -> None:
        delivery = self.delivery(sample)
        for seed in range(5):
            other = same_otherwise(sample.read_bytes(), self.kind(sample), random.Random(seed), self.case.closed)
            if delivery is not None and other is not None:
                assert self.read(other, delivery) == self.parsed(sample)

    def test_an_unknown_event_type_says_nothing(self) -> None:
        for body in self.case.unknown:
            delivery = self.received(self.case.post(body, SECRET, NOON))
            assert isinstance(delivery, Delivery)
            found = self.adapter.parse(delivery, self.connection())
            assert [one for one in found if not isinstance(one, Unreadable)] == []

    def test_no_damage_to_a_sample_raises(self, mutations: int) -> None:
        found_of = [(path, self.kind(path), self.delivery(path)) for path in self.samples]
        kept = [(path, path.read_bytes(), kind, like) for path, kind, like in found_of if like is not None]
        private = {word for path in self.samples for word in _words(expected_of(path))}
        assert kept
        for number in range(mutations):
            random_ = random.Random(f"{self.case.channel} {number}")
            path, body, kind, like = random_.choice(kept)
            body = damaged(body, kind, random_) if number % BY_BYTES else broken(body, random_)
            try:
                found = self.read(body, like)
                check(found)
            except Exception as error:
                raise AssertionError(f"damage {number}, to {path.name}: {body[:2000]!r}") from error
            reasons = " ".join(one.reason for one in found if isinstance(one, Unreadable))
            assert not any(word in reasons for word in private), f"damage {number}: {reasons}"

    # Once

    def test_twice_is_once(self, sqlite_desk: Desk) -> None:
        delivery = self.delivery(self.example)
        assert delivery is not None
        row = a_connection_row(sqlite_desk, self.case.channel, settings=dict(self.connection().settings))
        again, in_another = delivery, dataclasses.replace(delivery, key="another delivery")
        for together in ((delivery, again, in_another), (again,), (dataclasses.replace(delivery, key="a third"),)):
            for one in together:
                intake.accept(sqlite_desk.heed, row, one, now())
            sqlite_desk.drain(row)
            assert len(sqlite_desk.messages()) == len(sqlite_desk.tickets) == 1
        assert sqlite_desk.rows("SELECT count(*) FROM inbound_event") == [(3,)], "the delivery's key saves no work"

    # What the tests are made of

    @property
    def adapter(self) -> Adapter:
        return channels.adapter(self.case.channel)

    @property
    def samples(self) -> list[Path]:
        return samples_of(self.case.channel, self.case.samples)

    @property
    def example(self) -> Path:
        """Return the first sample that is one message of a customer's, without files."""
        for path in self.samples:
            expected = expected_of(path)
            plain = [one for one in expected if not one.keys() & {"from_us", "attachments"}]
            if len(expected) == len(plain) == 1 and plain[0]["kind"] == "InboundMessage":
                return path
        raise AssertionError(f"No sample of {self.case.channel} is one message without files: write one.")

    def connection(self) -> Connection:
        return self.case.connection(BOTH)

    def posted(self, secret: str = SECRET, at: datetime = NOON) -> Request:
        return self.case.post(self.example.read_bytes(), secret, at)

    def received(self, request: Request, at: datetime = NOON, secrets: tuple[str, ...] = BOTH) -> Answer | Delivery:
        return self.adapter.receive(request, self.case.connection(secrets), at)

    def refuses(self, request: Request, secrets: tuple[str, ...] = BOTH, at: datetime = NOON) -> None:
        answer = self.received(request, at, secrets)
        assert isinstance(answer, Answer), "it was let in"
        assert answer.status in (401, 403)
        assert len(answer.body) > 20, "it does not say what to do"
        assert not any(secret in f"{answer.body} {answer.headers}" for secret in BOTH)

    def kind(self, sample: Path) -> str:
        headers: Mapping[str, str] = self.case.post(sample.read_bytes(), SECRET, NOON).headers
        return headers.get("content-type", "").partition(";")[0]

    def delivery(self, sample: Path) -> Delivery | None:
        """Return what is kept of a sample, None if it is answered at once as a handshake is."""
        received = self.received(self.case.post(sample.read_bytes(), SECRET, NOON))
        if isinstance(received, Delivery):
            return received
        assert 200 <= received.status < 300, f"{sample.name} is refused: {received.body}"
        return None

    def parsed(self, sample: Path) -> list[Parsed]:
        delivery = self.delivery(sample)
        return [] if delivery is None else self.read(delivery.body, delivery)

    def read(self, body: bytes, like: Delivery) -> list[Parsed]:
        """Return what a body says if it comes like another; one that is not understood is unreadable as a whole."""
        try:
            return self.adapter.parse(dataclasses.replace(like, body=body), self.connection())
        except NotUnderstood as error:
            return [Unreadable(str(error))]


def _words(expected: Sequence[Mapping[str, object]]) -> list[str]:
    return [str(one["text"]) for one in expected if len(str(one.get("text", ""))) >= 8]
