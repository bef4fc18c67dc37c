"""The words of the interface: the one look-up every text goes through, and how numbers, durations and times are said.

English is the source; other languages stand in catalogues in this folder (`<language>.po`). `look_up` and `plural` take
literals, so that they can be found; texts of tables are marked by `mark`. Sentences of the core go through `shown`.
"""

from flask import Flask

from router.web.words.catalogue import ENGLISH as ENGLISH
from router.web.words.catalogue import LANGUAGES as LANGUAGES
from router.web.words.moments import clock as clock
from router.web.words.moments import day as day
from router.web.words.moments import due as due
from router.web.words.moments import exact as exact
from router.web.words.moments import initials as initials
from router.web.words.moments import language_name as language_name
from router.web.words.moments import local_time as local_time
from router.web.words.moments import size as size
from router.web.words.moments import span as span
from router.web.words.moments import utc_now as utc_now
from router.web.words.moments import waited as waited
from router.web.words.moments import weekdays as weekdays
from router.web.words.moments import when as when
from router.web.words.moments import zone_of as zone_of
from router.web.words.reader import direction as direction
from router.web.words.reader import language as language
from router.web.words.reader import offered as offered
from router.web.words.reader import prefer as prefer
from router.web.words.reader import read_in as read_in
from router.web.words.script import for_script
from router.web.words.sentences import sentence as sentence
from router.web.words.sentences import shown as shown
from router.web.words.texts import customer_name as customer_name
from router.web.words.texts import listed as listed
from router.web.words.texts import look_up as look_up
from router.web.words.texts import mark as mark
from router.web.words.texts import number as number
from router.web.words.texts import plural as plural


def register(app: Flask) -> None:
    """Give every template the look-up and the ways to say numbers and times."""
    app.jinja_env.globals.update(
        _=look_up,
        plural=plural,
        number=number,
        listed=listed,
        span=span,
        due=due,
        waited=waited,
        when=when,
        clock_words=clock,
        day=day,
        exact=exact,
        local_time=local_time,
        size=size,
        initials=initials,
        customer_name=customer_name,
        core=shown,
        core_plain=sentence,
        language_name=language_name,
        words_for_script=for_script,
        now=utc_now,
    )
    app.context_processor(lambda: {"lang": language(), "direction": direction()})
