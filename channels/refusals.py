"""What a platform's refusals mean: each adapter has one table, with its source, and this reads it.

A code that no table knows is judged by its status: 429 and 5xx pass, 401 and 403 wait for new credentials, any other is
for ever.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from channels import http
from channels.errors import DeliveryFailed, Slows
from channels.http import Response
from channels.types import Sent


@dataclass(frozen=True, slots=True)
class Refusal:
    """One code of a platform: what to tell people, and whether trying again can help."""

    words: str  # what it means and what to do; never the platform's own text
    passes: bool = False  # trying later can help; False: no retry can
    slows: Slows = ""  # a limit of the platform's: what else waits; HTTP 429 slows the connection unless said


def failure(
    platform: str,
    response: Response,
    code: str = "",
    table: Mapping[str, Refusal] | None = None,
    *,
    wait_s: float | None = None,
    safe: bool = False,
) -> DeliveryFailed:
    """Return what an answer that is no success means for the reply.

    `code` is the platform's own, looked up in `table`; `wait_s` is what its body asks for, else Retry-After holds.
    `safe`: the platform takes an idempotency key, or nothing was to be sent, so that an uncertain end doubles nothing.
    """
    status = response.status
    wait_s = http.retry_after_s(response) if wait_s is None else max(0.0, min(wait_s, http.MAX_WAIT_S))
    known = (table or {}).get(code)
    if known is not None:
        if not known.passes:
            return DeliveryFailed(known.words, permanent=True)
        slows = known.slows or ("connection" if status == 429 else "")
        return DeliveryFailed(known.words, retry_after_s=wait_s, slows=slows)
    if status == 429:
        return DeliveryFailed(f"{platform} asks us to slow down.", retry_after_s=wait_s, slows="connection")
    if status >= 500:
        reason = f"{platform} has trouble of its own (HTTP {status})."
        return DeliveryFailed(reason, retry_after_s=wait_s, may_have_arrived=not safe)
    if response.ok and not code:
        return DeliveryFailed(f"{platform}'s answer could not be read.", may_have_arrived=not safe)
    if status in (401, 403):
        words = f"{platform} does not accept this connection's credentials any more: enter new ones in its settings."
        return DeliveryFailed(words, retry_after_s=wait_s)
    which = f"error {code}" if code else f"HTTP {status}"
    return DeliveryFailed(f"{platform} refused the request ({which}).", permanent=True)


def send_all(steps: Sequence[Callable[[], str]]) -> Sent:
    """Send the parts of a reply in order and return the ids the platform gave them; an empty id is left out.

    Raises DeliveryFailed; once a part is out, a failure of a later one says `may_have_arrived`.
    """
    sent: list[str] = []
    for done, step in enumerate(steps):
        try:
            sent.append(step())
        except DeliveryFailed as failed:
            if not done:
                raise
            raise DeliveryFailed(
                f"{done} of {len(steps)} parts were sent, then: {failed.reason}",
                permanent=failed.permanent,
                retry_after_s=failed.retry_after_s,
                may_have_arrived=True,
                slows=failed.slows,
            ) from None
    return Sent(tuple(one for one in sent if one))
