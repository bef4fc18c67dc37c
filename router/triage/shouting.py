"""How loud a text is: capitals, !!! and swear words. Worth at most LIMIT points of the shown score, and no heat."""

from router.triage.text import Words

LIMIT = 10  # points; guarantee 7
CAPITALS = 4.0  # points for a text all in capitals
MARKS = 3.0  # points for !!! or ???
PROFANITY = 3.0  # points for one swear word; two or more are worth twice that
LETTERS = 8  # least capital letters that are more than an abbreviation


def shouting(body: Words, calm: float) -> float:
    """Return 0 … LIMIT points; capitals and marks of a text without any frustration are joy, and worth nothing."""
    source = body.source
    points = min(2, body.dropped) * PROFANITY
    share = min(1.0, calm / 25)
    if share > 0:
        capitals = sum(map(str.isupper, source))
        small = sum(map(str.islower, source))
        if capitals >= LETTERS and capitals > small:
            points += CAPITALS * share
        if any(run in source for run in ("!!", "??", "!?", "?!")):
            points += MARKS * share
    return min(float(LIMIT), points)
