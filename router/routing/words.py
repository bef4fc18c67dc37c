"""Needs in plain English: which skills are languages, and how a need reads in a sentence.

A skill key that is a tag of this table is a language; a skill for, say, IT support is named otherwise (`it-support`).
"""

from collections.abc import Mapping, Sequence

LANGUAGES: Mapping[str, str] = {  # BCP 47 tag -> English name; source: IANA language subtag registry
    "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan",
    "ceb": "Cebuano", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fil": "Filipino", "fr": "French", "gu": "Gujarati",
    "he": "Hebrew", "hi": "Hindi", "hi-Latn": "Roman Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "km": "Khmer",
    "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam", "mr": "Marathi",
    "ms": "Malay", "my": "Burmese", "nb": "Norwegian", "ne": "Nepali", "nl": "Dutch", "no": "Norwegian",
    "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "pt-BR": "Brazilian Portuguese",
    "ro": "Romanian", "ru": "Russian", "sd": "Sindhi", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian",
    "so": "Somali", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
    "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
    "ur-Latn": "Roman Urdu", "uz": "Uzbek", "vi": "Vietnamese", "yo": "Yoruba", "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip

SITE = "site "  # begins the need of a site; the key of a skill has no space


def is_language(skill: str) -> bool:
    """Say whether a skill key names a language."""
    return skill in LANGUAGES


def at_site(name: str) -> str:
    """Return the need of a site as a skill: who works there has it at level 1."""
    return SITE + name


def skills_and_site(held: Mapping[str, int]) -> tuple[dict[str, int], str]:
    """Return what somebody can do, and the name of the site where they work, empty if it is not known."""
    skills = {key: level for key, level in held.items() if not key.startswith(SITE)}
    return skills, next((key.removeprefix(SITE) for key in held if key.startswith(SITE)), "")


def need(skill: str, level: int) -> str:
    """Return one need as people say it: “German”, “billing”, “billing at level 3”."""
    name = LANGUAGES.get(skill, skill)
    return name if level <= 1 else f"{name} at level {level}"


def listed(parts: Sequence[str]) -> str:
    """Return “a”, “a and b”, “a, b and c”."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def ordinal(number: int) -> str:
    """Return first, second … tenth, then 11th, 12th …"""
    names = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
    if number <= len(names):
        return names[number - 1]
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def times(count: int, one: str, many: str) -> str:
    """Return “1 agent” or “3 agents”."""
    return f"{count} {one if count == 1 else many}"
