"""What frames a request without being one: a greeting before it, thanks and a name after it."""

from collections.abc import Sequence

from router.triage.text import word_set

LEAST = 3  # words that must be left; “hello, thanks” is all courtesy
SIGNATURE = 6  # most words after the first word of thanks: “thanks for your help, Ben”

_GREETING = word_set(
    "hello hi hey hiya dear or good morning afternoon evening day greetings there team sir madam sirs all everyone "
    "support hallo guten tag morgen abend moin hola buenos buenas dias días tardes noches bonjour bonsoir salut madame "
    "monsieur ciao buongiorno buonasera salve olá ola bom boa dia tarde noite hoi goedemorgen goedemiddag goedenavond "
    "merhaba selam salam salaam assalam assalamualaikum assalamoalaikum o alaikum walaikum aoa"
)
_THANKS = word_set(
    "thanks thank thankyou thx cheers regards wishes sincerely danke gruß grüße gracias saludos merci cordialement "
    "grazie saluti obrigado obrigada bedankt groeten teşekkürler tesekkurler shukriya"
)
_BEFORE_THANKS = word_set(
    "many kind best warm with kindest yours vielen mit muchas un beaucoup mille muito freundlichen"
)
_NO_CLOSE = word_set("say saying said no to my our give giving send of a their your his her accept")  # “no thanks”


def framed(words: Sequence[str]) -> slice:
    """Return what stands between the greeting that opens calm words and the thanks that close them.

    It is all of them if little would be left.
    """
    start = next((place for place, word in enumerate(words) if word not in _GREETING), len(words))
    end = next((place for place in range(len(words)) if _closes(words, place)), len(words))
    while end > start and words[end - 1] in _BEFORE_THANKS and end < len(words):
        end -= 1
    return slice(start, end) if end - start >= LEAST else slice(len(words))


def _closes(words: Sequence[str], place: int) -> bool:
    """Say whether thanks that nothing but a name or a few polite words follows begin here."""
    is_near_the_end = len(words) - place <= SIGNATURE
    return words[place] in _THANKS and is_near_the_end and (not place or words[place - 1] not in _NO_CLOSE)
