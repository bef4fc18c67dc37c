"""Placeholders: filled in one pass, marked where nothing is known, refused where they are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.placeholders import NAMES, fill, first_name, unfilled, unknown


def test_a_value_is_never_read_again_and_stays_on_one_line():
    filled = fill("Dear {customer}, {order}", {"customer": "A {agent}\r\n\u202eBcc: ⟦order⟧", "agent": "Ana"})
    assert filled == "Dear A agent Bcc: order, ⟦order⟧"
    assert unfilled(filled) == ["order"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("{customer} {ticket}", []),
        ("{custmer} and {custmer} and {x}", ["custmer", "x"]),
        ("a brace { alone } is text\nacross {\nlines}", [" alone "]),
        ("{ }", [" "]),
        ("no braces", []),
    ],
)
def test_what_stands_in_braces_must_be_known(body, wrong):
    assert unknown(body) == wrong


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Maria Keller", "Maria"),
        ("مریم خان", "مریم"),
        ("dan@home.example", ""),
        ("+49 30 1", ""),
        ("u_7", ""),
        ("", ""),
    ],
)
def test_an_address_is_no_first_name(name, first):
    assert first_name(name) == first


@given(st.text(), st.sampled_from(NAMES), st.text())
def test_whatever_a_value_holds_no_mark_and_no_placeholder_comes_of_it(body, name, value):
    filled = fill("{" + name + "}", {name: value})
    assert filled == "⟦" + name + "⟧" or not set("{}⟦⟧\n\r") & set(filled)
    assert set(unknown(fill(body, {}))) == set(unknown(body))
