"""A greeting and thanks around a request are not what is asked for."""

import pytest

from router.triage import read
from router.triage.courtesy import framed
from router.triage.text import read_words

FRAMED = {
    "Hello, where is my parcel? Thanks.": "where is my parcel",
    "Hi there, I would like to cancel my order please. Thank you!": "i would like to cancel my order please",
    "Dear Sir or Madam, I was charged twice. Kind regards, Ben Ode": "i was charged twice",
    "Good morning team, my line is down. Many thanks in advance": "my line is down",
    "Hola, buenos días, ¿dónde está mi pedido? Gracias": "dónde está mi pedido",
    "Thanks a lot!": "thanks a lot",
    "Hello, no thanks": "hello no thanks",
    "I want to say thanks to Ana": "i want to say thanks to ana",
    "": "",
}


@pytest.mark.parametrize(("text", "left"), FRAMED.items())
def test_what_is_left_is_the_request(text: str, left: str) -> None:
    words = read_words(text).words
    assert " ".join(words[framed(words)]) == left


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Hello, could you tell me where my parcel is? Thanks.", "order_status"),
        ("Hi there, I would like to cancel my subscription. Thanks in advance", "account_close"),
        ("Hey team! I need a copy of my bill. Kind regards, Tom", "invoice_document"),
        ("Thanks a lot!", "small_talk"),
        ("Hello!", "small_talk"),
    ],
)
def test_a_polite_request_is_no_small_talk(text: str, intent: str) -> None:
    assert read(text).intent == intent
