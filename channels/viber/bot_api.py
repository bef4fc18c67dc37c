"""Calls Viber's REST bot API, and says in our words what its refusals mean.

Viber answers 200 with a `status` that is not 0. Source: developers.viber.com/docs/api/rest-bot-api/#error-codes.
"""

from collections.abc import Mapping

from channels import http
from channels.errors import DeliveryFailed
from channels.payload import Fields
from channels.refusals import Refusal, failure
from channels.types import Connection

BASE_URL = "https://chatapi.viber.com"
HOSTS = ("chatapi.viber.com",)  # that may be sent the token, besides the connection's base_url
MAX_STATUS = 1000  # numbers beyond this are none of Viber's codes

PAY = "The bot has no messages left outside a conversation: top up its account with Viber."
ASKED_WRONG = Refusal("Viber cannot read the request: is there another API behind base_url?")
OLD_APP = Refusal("The customer's Viber is too old for messages of bots: reach them on another channel.")
REFUSALS = {
    # status: what we say
    "1": Refusal("Viber refuses the webhook's address: PUBLIC_URL must be public https with a known certificate."),
    "2": Refusal("Viber does not take this connection's auth_token: copy the bot's app key again.", passes=True),
    **dict.fromkeys(("3", "4"), ASKED_WRONG),
    "5": Refusal("The customer is no longer registered with Viber: reach them on another channel."),
    "6": Refusal("The customer has unsubscribed from this bot: reach them on another channel."),
    "7": Refusal("Viber has blocked this bot: ask Viber why.", passes=True),
    "8": Refusal("Viber knows no bot with this auth_token: copy the bot's app key again.", passes=True),
    "9": Refusal("Viber has suspended this bot: ask Viber why.", passes=True),
    "10": Refusal("The bot has no webhook: save the connection again, so that it is set.", passes=True),
    **dict.fromkeys(("11", "13"), OLD_APP),
    "12": Refusal("Viber asks us to slow down.", passes=True, slows="connection"),
    "14": ASKED_WRONG,
    "15": Refusal("Viber does not let this bot write: ask Viber to authorise it.", passes=True),
    "16": Refusal("Viber allows no message here."),
    "21": Refusal("Viber delivers no messages of bots in the customer's country."),
    **dict.fromkeys(("23", "24"), Refusal(PAY, passes=True)),
}


def call(connection: Connection, method: str, params: Mapping[str, object], *, shows: bool = False) -> Fields:
    """Call one method and return its answer. Raises DeliveryFailed.

    `shows`: the call puts something before the customer, so that an uncertain end may have arrived.
    """
    try:
        response = http.request(
            "POST",
            f"{connection.setting('base_url', BASE_URL).rstrip('/')}/pa/{method}",
            connection=connection,
            credential_hosts=HOSTS,
            credentials=_credentials(connection),
            json=dict(params),
        )
    except DeliveryFailed as failed:
        if shows:
            raise
        raise DeliveryFailed(failed.reason, permanent=failed.permanent, retry_after_s=failed.retry_after_s) from None
    answer = response.json()
    fields = answer if isinstance(answer, dict) else {}
    status = fields.get("status")
    known = isinstance(status, int) and not isinstance(status, bool) and 0 <= status < MAX_STATUS
    if response.ok and known and status == 0:
        return fields
    code = str(status) if known and status else ""
    raise failure("Viber", response, code, REFUSALS, safe=not shows)


def _credentials(connection: Connection) -> dict[str, str]:
    token = connection.setting("auth_token").strip()
    if not (token.isascii() and token.isprintable() and token):
        raise DeliveryFailed("auth_token is empty: copy the app key from the bot's settings in Viber.", permanent=True)
    return {"X-Viber-Auth-Token": token}
