"""The upkeep of the catalogues: `make words` runs this module. Which texts they hold is found by texts_said."""

import sys

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from router.web.words.catalogue import FOLDER, LANGUAGES, LOCALES
from tests.texts_said import PLACEHOLDER, Key, said


def stored(language: str) -> Catalog:
    """Return the catalogue of a language, with what it lacks and what nobody uses."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=LOCALES[language])


def placeholders(text: str) -> list[str]:
    """Return the {placeholders} of a text, in alphabetical order."""
    return sorted(PLACEHOLDER.findall(text))


def update(language: str) -> tuple[int, int]:
    """Bring a catalogue up to date and return how many texts are new and how many nobody says any more."""
    old, wanted = stored(language), said()
    known = {key_of(message): message for message in old if message.id}
    new = Catalog(locale=LOCALES[language], header_comment=old.header_comment, fuzzy=False)
    for context, text in sorted(wanted, key=lambda key: (key[0], key[1] if isinstance(key[1], str) else key[1][0])):
        message = known.get((context, text))
        new.add(
            text,
            message.string if message else None,
            context=context or None,
            user_comments=message.user_comments if message else (),
        ).flags.clear()
    _write(language, new)
    return len(wanted.keys() - known.keys()), len(known.keys() - wanted.keys())


def put(language: str, words: dict[Key, str | tuple[str, ...]]) -> None:
    """Give texts that the catalogue knows their words."""
    catalog = stored(language)
    for (context, text), string in words.items():
        message = catalog.get(text if isinstance(text, str) else text[0], context or None)
        if message is not None:
            message.string = string
    for message in catalog:
        message.flags.clear()
    _write(language, catalog)


def _write(language: str, catalog: Catalog) -> None:
    """Write a catalogue without moments and places, so that only texts make a difference."""
    head = "\n".join(f"# {line}" if line else "#" for line in _comment(catalog))
    lines = [
        head,
        'msgid ""',
        'msgstr ""',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        f'"Language: {language}\\n"',
    ]
    lines.append(f'"Plural-Forms: {catalog.plural_forms}\\n"')
    with (FOLDER / f"{language}.po").open("wb") as file:
        file.write(("\n".join(lines) + "\n\n").encode())
        write_po(file, catalog, omit_header=True, no_location=True, width=110)


def _comment(catalog: Catalog) -> list[str]:
    return [line.removeprefix("#").removeprefix(" ") for line in catalog.header_comment.splitlines()]


def key_of(message: Message) -> Key:
    """Return what a message of a catalogue is known by."""
    text = message.id
    return message.context or "", text if isinstance(text, str) else (text[0], text[1])


if __name__ == "__main__":
    for tag in LANGUAGES:
        if tag != "en":
            added, gone = update(tag)
            empty = sum(1 for message in stored(tag) if message.id and not all(message.string or ("",)))
            sys.stdout.write(f"{tag}: {added} new, {gone} gone, {empty} without words\n")
