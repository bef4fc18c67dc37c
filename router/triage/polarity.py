"""TextBlob's polarity of English words. The only module that knows textblob."""

import sys
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from router.triage.text import word_set

MAX_POLARITY_WORDS = 200  # its time grows with the words; more change the mean little
_SHARED = "textblob._text"  # what textblob.en imports

_NEGATED = {  # TextBlob knows negation as a word of its own, as in “do n't”
    word + "nt": (word, "n't")
    for word in sorted(word_set("do does did is are was were has have had ca could would should wo must need"))
}


@cache
def _sentiment() -> Callable[[list[str]], tuple[float, float]]:
    """Return TextBlob's own sentiment of English words.

    Its two modules are loaded by their files: `import textblob` brings all of nltk, which nothing here needs.
    """
    package = find_spec("textblob")
    if package is None or package.origin is None:
        raise RuntimeError("textblob is not installed: run `pip install -r requirements.txt`.")
    folder = Path(package.origin).parent
    if _SHARED not in sys.modules:
        sys.modules[_SHARED] = _load(_SHARED, folder / "_text.py")
    english = _load("textblob.en", folder / "en" / "__init__.py")
    sentiment: Callable[[list[str]], tuple[float, float]] = english.sentiment
    return sentiment


def polarity(words: Sequence[str]) -> float:
    """Return the polarity of calm words, −1 … 1; 0 where TextBlob knows none of them.

    The words go in as a list, so TextBlob's own tokeniser, with its backtracking expressions, never sees foreign text.
    """
    apart: list[str] = []
    for word in words[:MAX_POLARITY_WORDS]:
        if word in _NEGATED:
            apart += _NEGATED[word]
        else:
            apart.append(word)
    return max(-1.0, min(1.0, _sentiment()(apart)[0]))


def _load(name: str, path: Path) -> Any:
    """Return a module from its file, without the packages above it."""
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{path} is missing: install textblob anew.")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
