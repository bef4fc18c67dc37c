"""The conformance suite finds what it is there to find: a toy channel with one fault fails the test of that fault."""

import dataclasses
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from inspect import signature
from itertools import count
from types import ModuleType

import pytest

from channels import verify
from channels.errors import NotUnderstood
from channels.types import Answer, Connection, Delivery, InboundMessage, Parsed, Party, Request, Unreadable
from tests.channels.samples import samples_of
from tests.channels.test_toy import TestConformance as Suite
from tests.channels.test_toy import one_line
from tests.channels.variations import UNKNOWN

Receive = Callable[[Request, Connection, datetime], Answer | Delivery]
Parse = Callable[[Delivery, Connection], list[Parsed]]
NUMBER = count()


def letting_in(proves: Callable[[str, Connection, Request], bool]) -> Callable[[Receive], Receive]:
    """Return a door that opens to what `proves` says, and refuses the rest as the sound one does."""

    def faulty(sound: Receive) -> Receive:
        def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
            if proves(request.headers.get("x-pigeon-signature", ""), connection, request):
                return Delivery("k", request.url, {}, request.body)
            return Answer(403, "Copy the loft's secret into the settings.")

        return receive

    return faulty


def keeping(change: Callable[[Delivery, Connection], Answer | Delivery]) -> Callable[[Receive], Receive]:
    """Return a door that does something to what it has let in."""

    def faulty(sound: Receive) -> Receive:
        def receive(request: Request, connection: Connection, now: datetime) -> Answer | Delivery:
            found = sound(request, connection, now)
            return change(found, connection) if isinstance(found, Delivery) else found

        return receive

    return faulty


def reading(change: Callable[[list[Parsed], Delivery], list[Parsed]]) -> Callable[[Parse], Parse]:
    """Return a reader that does something to what it has read."""

    def faulty(sound: Parse) -> Parse:
        return lambda delivery, connection: change(sound(delivery, connection), delivery)

    return faulty


def each_message(**changed: object) -> Callable[[Parse], Parse]:
    """Return a reader that gives every message other fields."""

    def change(found: list[Parsed], delivery: Delivery) -> list[Parsed]:
        return [
            dataclasses.replace(one, **{name: value() if callable(value) else value for name, value in changed.items()})  # type: ignore[arg-type]
            if isinstance(one, InboundMessage)
            else one
            for one in found
        ]

    return reading(change)


def signed(sent: str, secret: str, body: bytes) -> bool:
    return verify.is_secret(sent, [verify.digest(secret, body)])


def of_its_odd_bodies(delivery: Delivery, connection: Connection) -> Answer | Delivery:
    try:
        json.loads(delivery.body)
    except (ValueError, RecursionError):
        return Answer(400, "This is no JSON.")
    return delivery


def minding_fields(found: list[Parsed], delivery: Delivery) -> list[Parsed]:
    if UNKNOWN.encode() in delivery.body:
        raise NotUnderstood("There is a field that nobody knows.")
    return found


def minding_order(found: list[Parsed], delivery: Delivery) -> list[Parsed]:
    last = list(json.loads(delivery.body)["letters"][-1])[-1]
    return [*found, Unreadable(f"{last} comes last.")] if last not in ("text", "picture", "id") else found


def any_type(sound: Parse) -> Parse:
    def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
        body = delivery.body.replace(b'"type": "parcel"', b'"type": "letter", "from": {"id": "loft-9"}')
        return sound(dataclasses.replace(delivery, body=body), connection)

    return parse


def with_a_writer(sound: Parse) -> Parse:
    def parse(delivery: Delivery, connection: Connection) -> list[Parsed]:
        party = Party("from", "somebody")
        return [
            InboundMessage(str(letter.get("id", "x")), party, "") for letter in json.loads(delivery.body)["letters"]
        ]

    return parse


def repeating(found: list[Parsed], delivery: Delivery) -> list[Parsed]:
    words = [one.text for one in found if isinstance(one, InboundMessage)]
    return [*found, *(Unreadable(f"“{text}” is odd.") for text in words if len(words) == 1)]


def none_after_a_bad_one(found: list[Parsed], delivery: Delivery) -> list[Parsed]:
    bad = [place for place, one in enumerate(found) if isinstance(one, Unreadable)]
    return found[: bad[0] + 1] if bad else found


SECRETS = verify.given
FAULTS: dict[str, tuple[str, Callable[..., object], str]] = {
    "lets everyone in": ("receive", letting_in(lambda sent, c, r: True), "test_refuses_a_wrong_proof"),
    "lets the unsigned in": ("receive", letting_in(lambda sent, c, r: sent == ""), "test_refuses_a_missing_proof_and"),
    "compares beginnings": (
        "receive",
        letting_in(lambda s, c, r: any(verify.digest(x, r.body).startswith(s) for x in SECRETS(c, "loft_secret"))),
        "test_refuses_a_missing_proof_and",
    ),
    "takes an empty secret": (
        "receive",
        letting_in(lambda s, c, r: any(signed(s, x, r.body) for x in (*SECRETS(c, "loft_secret"), ""))),
        "test_refuses_everyone_without_a_secret",
    ),
    "takes an empty secret beside a good one": (
        "receive",
        letting_in(
            lambda s, c, r: (
                signed(s, c.setting("loft_secret"), r.body) or signed(s, c.setting("loft_secret_before"), r.body)
            )
        ),
        "test_an_empty_secret_beside_a_good_one",
    ),
    "knows the newest secret alone": (
        "receive",
        letting_in(lambda s, c, r: signed(s, c.setting("loft_secret"), r.body)),
        "test_accepts_both_active_secrets",
    ),
    "never forgets a secret": (
        "receive",
        letting_in(lambda s, c, r: any(signed(s, x, r.body) for x in ("second-secret_0123456789",))),
        "test_refuses_a_secret_that_is_no_longer_active",
    ),
    "signs no body": (
        "receive",
        letting_in(lambda s, c, r: len(s) == 64 and r.body != b""),
        "test_refuses_a_proof_of_another_body",
    ),
    "throws odd posts away": ("receive", keeping(of_its_odd_bodies), "test_what_is_proven_but_odd_is_kept"),
    "names a delivery anew each time": (
        "receive",
        keeping(lambda found, c: dataclasses.replace(found, key=str(next(NUMBER)))),
        "test_a_replay_is_the_same_delivery",
    ),
    "keeps the secret": (
        "receive",
        keeping(lambda found, c: dataclasses.replace(found, headers={"s": c.setting("loft_secret")})),
        "test_what_is_kept_holds_no_secret",
    ),
    "loses neighbours": ("parse", reading(none_after_a_bad_one), "test_reads_a_sample_as_its_expected_file_says"),
    "has times without a zone": ("parse", each_message(sent_at=datetime(2026, 1, 1)), "test_gives_times_in_utc"),  # noqa: DTZ001
    "has ids that are numbers": ("parse", each_message(external_id=5), "test_gives_times_in_utc"),
    "has empty ids": ("parse", each_message(thread=""), "test_gives_times_in_utc"),
    "reads otherwise each time": ("parse", each_message(text=lambda: str(next(NUMBER))), "test_reads_twice_the_same"),
    "minds unknown fields": ("parse", reading(minding_fields), "test_does_not_mind_the_order"),
    "minds the order of keys": ("parse", reading(minding_order), "test_does_not_mind_the_order"),
    "takes any type for a message": ("parse", any_type, "test_an_unknown_event_type_says_nothing"),
    "trips over damage": ("parse", with_a_writer, "test_no_damage_to_a_sample_raises"),
    "says what was written": ("parse", reading(repeating), "test_no_damage_to_a_sample_raises"),
    "gives each arrival an id of its own": (
        "parse",
        each_message(external_id=lambda: f"l-{next(NUMBER)}", text="Is anybody there?"),
        "test_twice_is_once",
    ),
}


@pytest.fixture
def pigeon() -> Iterator[ModuleType]:
    with one_line():
        yield import_module("channels.pigeon.adapter")


def run(name: str, request: pytest.FixtureRequest) -> None:
    """Run the tests of the suite whose names begin so, with every sample where they ask for one."""
    tests = [test for test in vars(Suite.__mro__[1]) if test.startswith(name)]
    assert tests, f"the suite has no test {name}"
    for test in tests:
        takes = signature(getattr(Suite, test)).parameters
        given: dict[str, object] = {"mutations": 300} if "mutations" in takes else {}
        if "sqlite_desk" in takes:
            given["sqlite_desk"] = request.getfixturevalue("sqlite_desk")
        for sample in [{"sample": path} for path in samples_of("pigeon")] if "sample" in takes else [{}]:
            getattr(Suite(), test)(**given, **sample)


@pytest.mark.parametrize(("verb", "fault", "test"), FAULTS.values(), ids=FAULTS.keys())
def test_a_channel_fails_that(
    verb: str, fault: Callable[..., object], test: str, pigeon: ModuleType, request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(pigeon, verb, fault(getattr(pigeon, verb)))
    with pytest.raises(AssertionError):
        run(test, request)


def test_the_sound_channel_passes_each_of_these(pigeon: ModuleType, request: pytest.FixtureRequest) -> None:
    for test in {test for _, _, test in FAULTS.values()}:
        run(test, request)
