"""Collect the words that the English frustration model is to know. Runs on a developer's machine, as training does."""

from collections import Counter
from collections.abc import Iterable

from router.triage.englishes import in_one_english, told_apart
from router.triage.lexicon import own_words
from router.triage.text import read_words
from router.triage.vader import valences
from router.triage.weights import phrases

LEAST = 5  # texts a word stands in
NAMELIKE = 0.3  # share of capitals, sentences' first words and texts in capitals aside, from which a word is a name


def vocabulary(texts: Iterable[str]) -> set[str]:
    """Return the words that are common or VADER's and no names, and those of our lexicon, phrases and englishes.txt."""
    counts: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    inside: Counter[str] = Counter()
    for text in texts:
        counts.update(set(in_one_english(read_words(text).words)[0]))
        for before, run in zip(text.split(), text.split()[1:], strict=False):
            if before[-1].isalnum() and not run.isupper():
                for word in read_words(run).words:
                    inside[word] += 1
                    capital[word] += run[:1].isupper()
    common = {word for word, count in counts.items() if count >= LEAST}
    names = {word for word in common if capital[word] > NAMELIKE * inside[word]}
    said = {word for lines in phrases().values() for line in lines for step in line.split() for word in step.split("|")}
    return (common | set(valences())) - names | own_words() | said | told_apart()
