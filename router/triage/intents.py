"""What customers want: 32 intents in 8 groups, and the model that tells them apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from router.triage import encoder
from router.triage.linear import Chooser
from router.triage.softmax import shares
from router.triage.weights import load

Floats = NDArray[np.float32]
MAX_INTENT_WORDS = 90  # what people want stands near the top
OTHER = "other"
COMPLAINT, PRAISE = "complaint", "praise_feedback"
LANGUAGES = frozenset({"en", "ur-Latn"})  # of the n-grams
LEAST = 0.3  # confidence; what is less likely is called OTHER
SURE_OF = {"spam_auto": 0.8}  # least confidence: nobody who needs help is called spam on a guess


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing a customer may want."""

    key: str
    group: str
    label: str  # for people
    description: str


INTENTS: Mapping[str, Intent] = {
    intent.key: intent
    for intent in (
        # key, group, label, description
        Intent("billing_dispute", "billing", "Billing dispute", "A charge is wrong, doubled, unknown or unexpected"),
        Intent("payment_problem", "billing", "Payment problem", "A payment or transfer failed, hangs or is missing"),
        Intent("payment_methods", "billing", "Ways to pay", "How one can pay, or a payment method to add or change"),
        Intent("pricing_fees", "billing", "Prices and fees", "What something costs, which fees and limits apply"),
        Intent("invoice_document", "billing", "Invoice or document", "Wants an invoice, a statement or other proof"),
        Intent("refund_request", "billing", "Refund", "Wants money back, or to return something"),
        Intent("refund_status", "billing", "Where is my refund", "A refund was agreed and has not come"),
        Intent("account_info", "billing", "Account information", "Balance, transactions or points of the account"),
        Intent("order_status", "orders", "Where is my order", "Where an order is, or that it is late"),
        Intent("delivery_info", "orders", "Delivery options", "Where, how and how fast things are delivered"),
        Intent("order_place", "orders", "Place an order", "Wants to buy or order something"),
        Intent("order_change", "orders", "Change an order", "Wants other items, another address or another date"),
        Intent("order_cancel", "orders", "Cancel an order", "Wants an order, booking or transfer stopped"),
        Intent("wrong_or_damaged_item", "orders", "Wrong or damaged item", "It came broken, wrong or incomplete"),
        Intent("warranty_repair", "orders", "Warranty or repair", "A thing broke in use and should be mended"),
        Intent("login_access", "account", "Signing in", "Password, PIN, blocked account, cannot get in"),
        Intent("account_create", "account", "Open an account", "Wants to sign up, open or activate"),
        Intent("account_update", "account", "Change details", "Name, address, e-mail, settings, newsletter"),
        Intent("identity_verification", "account", "Identity check", "Proof of identity or of where money comes from"),
        Intent("subscription_change", "account", "Change the plan", "Another plan, cover or billing period"),
        Intent("account_close", "account", "Close the account", "Wants to leave: close, delete, end the contract"),
        Intent("outage_bug", "technical", "Fault or outage", "Something does not work or shows an error"),
        Intent("how_to", "technical", "How do I", "How to use or set up a feature"),
        Intent("fraud_security", "security", "Fraud or security", "Lost, stolen, misused; wants it blocked"),
        Intent("data_privacy", "security", "Personal data", "Wants data shown or erased, or asks about privacy"),
        Intent("contact_human", "people", "Talk to a person", "Wants a person, or a number to call"),
        Intent("complaint", "people", "Complaint", "Complains about the service as such"),
        Intent("praise_feedback", "people", "Praise or feedback", "Thanks for good service, a review, a suggestion"),
        Intent("sales_lead", "sales", "Sales question", "A question or quote before buying, a partnership"),
        Intent("spam_auto", "other", "Spam or automatic", "Advertising, fraud, automatic answers"),
        Intent("small_talk", "other", "Small talk", "A greeting, a goodbye, yes or no, without a request"),
        Intent(OTHER, "other", "Something else", "Nothing of the above, or too unclear to say"),
    )
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The likeliest intents of one message."""

    best: str
    confidence: float  # 0 … 1, calibrated: of choices with .8, about eight in ten are right
    second: str


UNCLEAR = Choice(OTHER, 0.0, OTHER)


def vectors(texts: Sequence[Sequence[str]]) -> Sequence[Floats | None]:
    """Return the sentence vector of each text, (encoder.WIDTH,), or None where there is no encoder.

    A text is its words as `Words.written` gives them.
    """
    if not encoder.at_hand():
        return [None] * len(texts)
    return list(encoder.encode([" ".join(words[:MAX_INTENT_WORDS]) for words in texts]))


def likely(words: Sequence[str], pairs: Sequence[int], vector: Floats | None) -> Mapping[str, float]:
    """Return the calibrated probability of each intent of calm words; nothing where there are no words.

    `pairs` are the words' features.pair_hashes. Where there is a vector, a second model has its say beside n-grams.
    """
    if not words:
        return {}
    chooser = _chooser()
    heat = chooser.weights.settings["temperature"]
    found = chooser.probabilities(words[:MAX_INTENT_WORDS], pairs[:MAX_INTENT_WORDS], heat)
    if vector is not None:
        head = _head()
        found = shares(head.ngrams * np.log(np.array(found) + 1e-9) + vector @ head.table + head.bias).tolist()
    return dict(zip(chooser.weights.labels, found, strict=True))


def choose(found: Mapping[str, float], *, angry: bool = False) -> Choice:
    """Return the likeliest intent of those found; `other` when it is not likely enough, or nothing was found.

    Nobody who is angry praises: what then looks like praise (“three weeks for a reply, impressive”) is a complaint.
    """
    if not found:
        return UNCLEAR
    if angry and PRAISE in found:
        meant = found.get(COMPLAINT, 0.0) + found.get(PRAISE, 0.0)
        found = {intent: share for intent, share in found.items() if intent != PRAISE} | {COMPLAINT: meant}
    order = sorted(found, key=lambda intent: (-found[intent], intent))
    first, second = order[0], order[1] if len(order) > 1 else OTHER
    if found[first] < max(LEAST, SURE_OF.get(first, 0.0)) and first != OTHER:
        return Choice(OTHER, round(1 - found[first], 3), first)
    return Choice(first, round(found[first], 3), second)


@cache
def _chooser() -> Chooser:
    return Chooser(load("intent"))


@dataclass(frozen=True, slots=True)
class _Head:
    """A softmax model over sentence vectors, scaled so that with the n-grams' say it is calibrated."""

    table: Floats  # (encoder.WIDTH, intents)
    bias: Floats
    ngrams: float  # what the n-grams' log probabilities count beside it


@cache
def _head() -> _Head:
    packed = load("intent_encoder")
    share = packed.settings["vector"]
    table = np.frombuffer(packed.table, dtype=np.int8).reshape(packed.rows, -1).astype(np.float32)
    bias = np.array(packed.bias, dtype=np.float32)
    return _Head(table * np.float32(packed.scale * share), bias * np.float32(share), packed.settings["ngrams"])
