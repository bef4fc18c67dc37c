"""The languages a desk may name without spelling a tag: BCP 47 tag and English name. Others are given by their tag."""

LANGUAGES = {
    "ar": "Arabic",
    "bn": "Bengali",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fi": "Finnish",
    "fil": "Filipino",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "ms": "Malay",
    "nl": "Dutch",
    "no": "Norwegian",
    "pa": "Punjabi",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sd": "Sindhi",
    "sv": "Swedish",
    "ta": "Tamil",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "ur-Latn": "Roman Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
_BY_NAME = {name.casefold(): tag for tag, name in LANGUAGES.items()} | {tag.casefold(): tag for tag in LANGUAGES}


def language_key(name: str) -> str | None:
    """Return the tag of a language given by its tag or its English name, None for anything else."""
    return _BY_NAME.get(name.strip().casefold())
