"""Smiles and frowns, as people draw them."""

import pytest

from router.triage import read
from router.triage.faces import faces


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Still no parcel :(", ["frown"]),
        ("Still no parcel :'( !!!", ["frown"]),
        ("thanks ;-)", ["smile"]),
        ("on my way home ❤️ 😊", ["smile"]),
        ("delayed again 🙄🙄🙄", ["frown"]),
        ("sad :( but sorted :)", ["smile", "frown"]),
        ("two things: (a) the price, note:(b) the date", []),
        ("ratio 8:0, see https://shop.example/a(b)", []),
        ("", []),
    ],
)
def test_are_found_where_they_are_shown(text: str, found: list[str]) -> None:
    assert sorted(faces(text)) == sorted(found)


def test_a_frown_weighs_once_however_often_it_is_drawn() -> None:
    calm, frown, many = (
        read("my flight is late" + faces_drawn).calm_frustration for faces_drawn in ("", " 😡", " 😡😡😡 :( 😡😡")
    )
    assert calm < frown == many


def test_a_smile_makes_it_milder_and_is_shown_as_a_reason() -> None:
    text = "my flight is late 😊"
    reading = read(text)
    assert reading.calm_frustration < read("my flight is late").calm_frustration
    assert [text[one.start : one.end] for one in reading.evidence if one.cue == "smile"] == ["😊"]
    assert "smile" in reading.cues
