"""Public holidays of a country or a part of it, by the code that a calendar names: PK, or DE-BY for Bavaria.

Days that follow the moon are those reckoned beforehand; what a country then proclaims is typed in as a closed day.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

YEARS = range(2020, 2051)  # what is looked up; promises lie well within


@lru_cache(maxsize=64)
def public_holidays(code: str) -> Mapping[date, str]:
    """Return the holidays of a country, with their names. Raises ValueError for a code that nobody knows."""
    import holidays  # a tenth of a second, for those alone who name a country

    country, _, part = code.strip().upper().partition("-")
    parts = holidays.list_supported_countries(include_aliases=False).get(country)
    if parts is None:
        raise ValueError(f"There is no country “{code}”: give two letters, such as PK or DE.")
    if part and part not in parts:
        known = f"one of {', '.join(parts[:20])}" if parts else "none: its holidays are the same everywhere"
        raise ValueError(f"{country} has no part “{part}”: give {known}.")
    found = holidays.country_holidays(country, subdiv=part or None, years=YEARS, language="en_US")
    return MappingProxyType(dict(sorted(found.items())))
