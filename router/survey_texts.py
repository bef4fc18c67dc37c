"""The words by which a customer is asked how it was, where a brand has none of its own. Pure.

A brand's own are templates of kind `survey`, named `mail` or `message`. Their placeholders: {brand}, {number}, {link}
(the page where the customer answers) and {links} (five of them, each with its score).
"""

from collections.abc import Collection, Mapping

from router.mistakes import Mistake

KIND = "survey"
NAMES = ("mail", "message")  # a mail has room for five links, a chat message for one
PLACEHOLDERS = ("brand", "number", "link", "links")
HIDDEN = "…"  # stands in a stored text for what only the customer gets: the end of their link
MOST = 4000  # characters
SCORES = (5, 4, 3, 2, 1)

TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "mail": (
            "Hello,\n\nyour request #{number} at {brand} has been resolved."
            " How satisfied are you with the help you got?"
            "\n\n{links}\n\nThe link opens a page; nothing is sent before you confirm it there."
            "\nIf something is still open, just answer this mail.\n"
        ),
        "message": "How satisfied are you with the help you got? Tell us here: {link}",
        "5": "Very satisfied",
        "4": "Satisfied",
        "3": "Neither",
        "2": "Dissatisfied",
        "1": "Very dissatisfied",
    },
    "ur": {
        "mail": (
            "السلام علیکم،\n\n{brand} میں آپ کی درخواست #{number} مکمل ہو گئی ہے۔"
            " آپ کو جو مدد ملی، اُس سے آپ کتنے مطمئن ہیں؟"
            "\n\n{links}\n\nلنک سے ایک صفحہ کھلتا ہے؛ وہاں تصدیق سے پہلے کچھ نہیں بھیجا جاتا۔"
            "\nاگر کوئی بات ابھی باقی ہے تو اسی میل کا جواب دے دیں۔\n"
        ),
        "message": "آپ کو جو مدد ملی، اُس سے آپ کتنے مطمئن ہیں؟ یہاں بتائیں: {link}",
        "5": "بہت مطمئن",
        "4": "مطمئن",
        "3": "نہ مطمئن نہ غیر مطمئن",
        "2": "غیر مطمئن",
        "1": "بہت غیر مطمئن",
    },
}


def language_of(wanted: Collection[str], own: Collection[str] = ()) -> str:
    """Return the first wanted language there are words in, or what it is a way of writing; else English."""
    known = {*own, *TEXTS}
    for tag in wanted:
        for one in (tag, tag.split("-")[0]):
            if one in known:
                return one
    return "en"


def text(name: str, language: str, values: Mapping[str, str], page: str, own: str | None = None) -> str:
    """Return the question with its placeholders filled; `page` is the address the links lead to."""
    words = TEXTS.get(language, TEXTS["en"])
    links = "\n".join(f"{score} · {words[str(score)]}: {page}?score={score}" for score in SCORES)
    filled = {**{key: _one_line(value) for key, value in values.items()}, "link": page, "links": links}
    body = own or words[name]
    for key in PLACEHOLDERS:  # one pass each, the links last: what is filled in holds no placeholder
        body = body.replace("{" + key + "}", filled[key])
    return body


def checked(body: str) -> str:
    """Return a brand's own words. Raises Mistake if they hold no link or are too long."""
    body = body.replace("\r\n", "\n").strip()
    if "{link}" not in body and "{links}" not in body:
        raise Mistake("The question has no link: put {link} or {links} where the customer is to click.")
    if len(body) > MOST:
        raise Mistake(f"The question has {len(body):,} characters; {MOST:,} are the most.")
    return body


def _one_line(value: str) -> str:
    return " ".join(value.replace("{", "").replace("}", "").split())
