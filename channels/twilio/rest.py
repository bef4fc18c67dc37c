"""Calls Twilio's REST API, and says in our words what its codes mean, of requests and of messages that failed later.

Sources: twilio.com/docs/usage/requests-to-twilio, twilio.com/docs/messaging/api/message-resource; each code:
twilio.com/docs/api/errors/<code>.
"""

import base64
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from channels import http
from channels.errors import DeliveryFailed
from channels.payload import Fields
from channels.refusals import Refusal, failure
from channels.types import MAX_MAIL, Connection

BASE_URL = "https://api.twilio.com"
# that may be sent the token, besides the connection's base_url; source: twilio.com/docs/global-infrastructure
HOSTS = ("api.twilio.com", "api.dublin.ie1.twilio.com", "api.sydney.au1.twilio.com")
ACCOUNT = re.compile(r"AC[0-9A-Za-z]{2,64}")
MEDIA_S = 90.0  # seconds for a file
GONE = "The customer cannot be reached on this number:"

UNREACHED = "Twilio could not fetch the file from Heed: PUBLIC_URL must be a public address with a known certificate."
WRONG_KIND = "The customer's channel does not take this kind of file: send a picture or PDF, or where it can be found."
TOO_LARGE = "The file is too large for the customer's channel: send a smaller one, or where it can be found."

REFUSALS = {
    # of a request
    "11200": Refusal(UNREACHED),
    "11751": Refusal(TOO_LARGE),
    "12300": Refusal(WRONG_KIND),
    "20404": Refusal("Twilio knows no such account or number: check account_sid."),
    "20429": Refusal("Twilio asks us to slow down.", passes=True),
    "21211": Refusal("Twilio finds the customer's number invalid."),
    "21212": Refusal("Twilio finds our number invalid: check from_number."),
    "21265": Refusal("Twilio does not send to short codes."),
    "21408": Refusal("This Twilio account may not write to the customer's country: allow it under Geo permissions."),
    "21601": Refusal("Our number cannot send text messages: check from_number."),
    "21606": Refusal("Our number cannot send messages to this one: check from_number."),
    "21608": Refusal("A Twilio trial account writes only to verified numbers: upgrade it, or verify the number."),
    "21610": Refusal("The customer has written STOP: they get nothing from this number until they write START."),
    "21611": Refusal("Too many messages wait at Twilio for our number.", passes=True),
    "21612": Refusal("Twilio has no way from our number to the customer's: use another sender."),
    "21614": Refusal("The customer's number takes no text messages; it is not a mobile number."),
    "21617": Refusal("Twilio finds the text too long."),
    "21620": Refusal(UNREACHED),
    "21635": Refusal("The customer's number is a landline; it takes no text messages."),
    "21670": Refusal("Twilio sends no files from this region: send where the file can be found."),
    "21701": Refusal("Twilio knows no such messaging service: check from_number."),
    "21703": Refusal("The messaging service has no sender yet: add one in the Twilio Console."),
    # of a message that was taken and failed later
    "30001": Refusal("Too many messages wait at Twilio.", passes=True),
    "30002": Refusal("The Twilio account is suspended: see the Twilio Console."),
    "30003": Refusal(f"{GONE} the phone is off, abroad or out of reach."),
    "30004": Refusal(f"{GONE} messages to it are blocked."),
    "30005": Refusal(f"{GONE} it is unknown or no longer in use."),
    "30006": Refusal(f"{GONE} it is a landline, or its carrier takes no text messages."),
    "30007": Refusal("The carrier filtered the message as unwanted: see the Twilio Console."),
    "30008": Refusal("The carrier lost the message and does not say why."),
    "30011": Refusal("The customer's telephone takes no files by text message: send where the file can be found."),
    "30019": Refusal(TOO_LARGE),
    "30022": Refusal("The carrier's rate for our brand is used up.", passes=True),
    "30023": Refusal("The carrier's limit for today is used up.", passes=True),
    "30027": Refusal("The carrier's limit for today is used up.", passes=True),
    "30034": Refusal("Our number is not registered for business messages (A2P 10DLC): register it."),
    "63001": Refusal("The channel does not accept Twilio's credentials: see the sender in the Twilio Console."),
    "63003": Refusal(
        "The customer has no address on this channel: is their number on WhatsApp? Write to it as a text message."
    ),
    "63007": Refusal("Twilio has no WhatsApp sender of our number: check from_number."),
    "63013": Refusal("The message breaks a rule of the channel."),
    "63015": Refusal("The customer has not joined the WhatsApp sandbox yet."),
    "63016": Refusal(
        "WhatsApp takes free text only within 24 hours after the customer's last message: wait until they write again."
    ),
    "63017": Refusal("The channel asks us to slow down.", passes=True),
    "63018": Refusal("The channel asks us to slow down.", passes=True),
    "63019": Refusal(UNREACHED),
    "63021": Refusal(WRONG_KIND),
    "63024": Refusal("The customer cannot be reached: the number has no WhatsApp."),
    "63032": Refusal("WhatsApp does not deliver this message to this customer."),
    "63038": Refusal("The Twilio account's messages for today are used up.", passes=True),
}


def post(connection: Connection, path: str, form: Mapping[str, str]) -> Fields:
    """Post a form below the account and return what Twilio made of it. Raises DeliveryFailed."""
    return _call(connection, "POST", path, form)


def get(connection: Connection, path: str, **query: str) -> Fields:
    """Return a resource; an empty path is the account itself. Raises DeliveryFailed."""
    return _call(connection, "GET", f"{path}?{urlencode(query)}" if query else path)


def download(connection: Connection, url: str) -> bytes:
    """Return a medium or a recording. Raises DeliveryFailed: a recording that is not there yet may come."""
    response = http.request(
        "GET",
        url,
        connection=connection,
        credential_hosts=HOSTS,
        credentials=_credentials(connection),
        timeout_s=MEDIA_S,
        max_bytes=MAX_MAIL,
    )
    if response.ok:
        return response.body
    if response.status in (404, 410):
        awaited = "/Recordings/" in url
        words = "Twilio does not have the recording yet." if awaited else "Twilio no longer has this file."
        raise DeliveryFailed(words, permanent=not awaited)
    raise failure("Twilio", response, _code(response.json()), REFUSALS, safe=True)


def meaning(code: str) -> str:
    """Return what went wrong with a message, for people; `code` is what a status callback names, empty if nothing."""
    known = REFUSALS.get(code)
    if known is not None:
        return known.words
    return f"Twilio could not deliver it (error {code})." if code else "Twilio could not deliver it."


def _call(connection: Connection, method: str, path: str, form: Mapping[str, str] | None = None) -> Fields:
    account = connection.setting("account_sid").strip()
    if not ACCOUNT.fullmatch(account):
        raise DeliveryFailed("account_sid must begin with AC: copy it from the Twilio Console.", permanent=True)
    base = connection.setting("base_url", BASE_URL).rstrip("/")
    resource, _, query = path.partition("?")
    below = f"/{resource}" if resource else ""
    response = http.request(
        method,
        f"{base}/2010-04-01/Accounts/{account}{below}.json{'?' + query if query else ''}",
        connection=connection,
        credential_hosts=HOSTS,
        credentials=_credentials(connection),
        data=form,
    )
    answer = response.json()
    if response.ok and isinstance(answer, dict):
        return answer
    raise failure("Twilio", response, _code(answer), REFUSALS, safe=method == "GET")


def _credentials(connection: Connection) -> dict[str, str]:
    token = connection.setting("auth_token").strip()
    if not token:
        raise DeliveryFailed("auth_token is empty: copy it from the Twilio Console.", permanent=True)
    pair = f"{connection.setting('account_sid').strip()}:{token}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _code(answer: object) -> str:
    """Return Twilio's own code of a refusal; 20003 means credentials, which the status says as well."""
    code = answer.get("code") if isinstance(answer, dict) else None
    return str(code) if isinstance(code, int) and not isinstance(code, bool) else ""
