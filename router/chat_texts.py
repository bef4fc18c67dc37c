"""The words of the mails that web chat writes: whether an address is theirs, and answers that follow. Pure."""

from collections.abc import Mapping

HIDDEN = "…"  # stands in a stored text for what only the addressee gets: the end of their link

TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "confirm": (
            "Hello,\n\nsomebody gave this address in the chat of {brand} and asked for answers by mail."
            "\n\nIf that was you, confirm it here:\n{link}\n\nThe link opens a page; nothing happens before you confirm"
            " it there. It is good for 7 days.\nIf it was not you, do nothing: you will get no mail from that chat.\n"
        ),
        "answers": (
            "Hello,\n\nyou left the chat of {brand} before you could read this:\n\n{answers}\n\n"
            "Just answer this mail: it reaches the same people, in the same conversation.\n"
        ),
    },
    "ur": {
        "confirm": (
            "السلام علیکم،\n\nکسی نے {brand} کی چیٹ میں یہ پتہ دیا ہے اور میل سے جواب مانگا ہے۔"
            "\n\nاگر یہ آپ تھے تو یہاں تصدیق کریں:\n{link}\n\nلنک سے ایک صفحہ کھلتا ہے؛"
            " وہاں تصدیق سے پہلے کچھ نہیں ہوتا۔ یہ 7 دن تک چلتا ہے۔\n"
            "اگر یہ آپ نہیں تھے تو کچھ نہ کریں: آپ کو اُس چیٹ سے کوئی میل نہیں آئے گی۔\n"
        ),
        "answers": (
            "السلام علیکم،\n\nآپ {brand} کی چیٹ سے یہ پڑھنے سے پہلے چلے گئے:\n\n{answers}\n\n"
            "بس اسی میل کا جواب دے دیں: وہ اُنہی لوگوں تک، اُسی گفتگو میں پہنچتا ہے۔\n"
        ),
    },
}


def confirm(language: str, brand: str, link: str) -> str:
    """Return the question whether an address is theirs; it holds nothing that a visitor wrote."""
    return _words(language)["confirm"].replace("{brand}", _one_line(brand)).replace("{link}", link)


def answers(language: str, brand: str, said: str) -> str:
    """Return the mail that brings answers to somebody who has left."""
    return _words(language)["answers"].replace("{brand}", _one_line(brand)).replace("{answers}", said)


def _words(language: str) -> Mapping[str, str]:
    return TEXTS.get(language) or TEXTS.get(language.split("-")[0]) or TEXTS["en"]


def _one_line(value: str) -> str:
    return " ".join(value.replace("{", "").replace("}", "").split())
