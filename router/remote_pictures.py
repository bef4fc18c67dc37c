"""The pictures of a mail that lie elsewhere: fetched only when somebody asks, through the one door, as bytes.

Their sender learns by it that the mail was opened, so nothing is fetched by itself. They are never fetched by the
reader's browser, whose address would be told.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from concurrent.futures import TimeoutError as TooSlow
from html import unescape

from channels import http
from channels.errors import DeliveryFailed

MOST = 30  # pictures of one mail
MAX_BYTES = 2 * 1024 * 1024  # of one
MAX_ALL = 10 * 1024 * 1024  # of all together
EACH_S, ALL_S = 5.0, 10.0  # seconds
AT_ONCE = 6
PARKED = "data-src="  # as the cleaning of a mail parks the address of a picture elsewhere

Fetch = Callable[[str], bytes | None]


def addresses(html: str) -> list[str]:
    """Return the addresses of pictures elsewhere that a cleaned mail names, in order, each once, at most MOST."""
    found: dict[str, None] = {}

    def note(url: str) -> None:
        if len(found) < MOST:
            found[url] = None

    put_in(html, note)
    return list(found)


def fetch(url: str) -> bytes | None:
    """Return one picture, None if it could not be had; private addresses are refused by the door."""
    try:
        answer = http.request("GET", f"https:{url}" if url.startswith("//") else url, connection=None,
                              timeout_s=EACH_S, max_bytes=MAX_BYTES)  # fmt: skip
    except DeliveryFailed:
        return None
    return answer.body if answer.ok else None


def fetch_all(urls: Iterable[str], one: Fetch = fetch) -> dict[str, bytes]:
    """Return the pictures that could be had in time, by their address."""
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="heed-picture")
    tasks = {pool.submit(one, url): url for url in urls}
    found: dict[str, bytes] = {}
    size = 0
    try:
        for task in as_completed(tasks, timeout=ALL_S):
            data = task.result()
            if data is not None and size + len(data) <= MAX_ALL:
                found[tasks[task]] = data
                size += len(data)
    except TooSlow:
        pass  # the others stay as they were: not shown
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return found


def put_in(html: str, url_of: Callable[[str], str | None]) -> str:
    """Return a cleaned mail with pictures in place where `url_of` has one for an address.

    The cleaning writes every attribute in double quotes, and `<` and `>` in tags alone.
    """
    pieces = html.split("<img ")
    for index in range(1, len(pieces)):
        tag, end, rest = pieces[index].partition(">")
        parts = tag.split('"')
        for place in range(0, len(parts) - 1, 2):
            if parts[place].strip() == PARKED and (url := url_of(unescape(parts[place + 1]))):
                parts[place], parts[place + 1] = parts[place].replace(PARKED, "src="), url
        pieces[index] = '"'.join(parts) + end + rest
    return "<img ".join(pieces)
