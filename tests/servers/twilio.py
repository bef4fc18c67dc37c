"""A local server that stands for Twilio's REST API: it checks what it is sent, gives SIDs, serves media, refuses.

Sources of the forms: twilio.com/docs/messaging/api/message-resource and its media subresource,
twilio.com/docs/phone-numbers/api/incomingphonenumber-resource, twilio.com/docs/iam/api/account,
twilio.com/docs/usage/twilios-response (errors), twilio.com/docs/api/errors.
"""

import base64
import json
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from tests.servers.outside import Found, Outside, is_link, nothing
from tests.servers.plain import Call, Told
from tests.servers.standin import StandIn, named

ACCOUNT = "AC" + "0a1b2c3d" * 4
TOKEN = "twilio-auth-token-of-the-stand-in"
NUMBER = "+15550100"
NUMBER_SID = "PN" + "5e" * 16
MAX_BODY = 1600


@dataclass(frozen=True, slots=True)
class TwilioCall:
    """One request with a form or a query: what it was for, below the account, and its parameters."""

    method: str
    resource: str
    params: dict[str, str]


class TwilioServer(StandIn[TwilioCall]):
    """Context manager. `url` is the base_url to set; `calls` are what was asked for, oldest first.

    Files of messages are fetched from `outside`; `shown` is what was found.
    """

    def __init__(self) -> None:
        super().__init__()
        self.outside: Outside = nothing
        self.shown: list[Found] = []
        self.media: dict[str, tuple[bytes, str]] = {}  # path below the account -> bytes and media type
        self.status = "active"  # of the account
        self.number: dict[str, object] = {
            "sid": NUMBER_SID,
            "phone_number": NUMBER,
            "sms_url": "",
            "sms_method": "POST",
        }
        self._sent = 0
        self.base = f"{self.url}/2010-04-01/Accounts/{ACCOUNT}"

    def refuse(self, status: int, code: int | None, message: str = "", **headers: str) -> None:
        """Answer the next call with an error as Twilio writes it; header names are written with _ for -."""
        told = _error(status, code, message) if code is not None else Told(status)
        self.order(Told(told.status, told.body, {**told.headers, **named(headers)}))

    def sent(self) -> list[dict[str, str]]:
        """Return the parameters of the messages asked for, oldest first."""
        return [call.params for call in self.calls if (call.method, call.resource) == ("POST", "Messages.json")]

    def take(self, call: Call) -> Told:
        """Check a call, record it and answer."""
        given = f"{ACCOUNT}:{TOKEN}".encode()
        split = urlsplit(call.path)
        root = f"/2010-04-01/Accounts/{ACCOUNT}"
        if call.headers.get("authorization") != f"Basic {base64.b64encode(given).decode()}":
            return _error(401, 20003, "Authenticate")
        if not split.path.startswith(root):
            return _error(404, 20404, "The requested resource was not found")
        resource = split.path.removeprefix(root).removeprefix("/")
        text = call.body.decode() if call.method == "POST" else split.query
        params = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)))
        self.calls.append(TwilioCall(call.method, resource, params))
        return self.ordered() or self._resource(call.method, resource, params)

    def _resource(self, method: str, resource: str, params: dict[str, str]) -> Told:
        if (method, resource) == ("GET", ".json"):
            return _json(200, {"sid": ACCOUNT, "status": self.status, "type": "Full", "friendly_name": "Desk"})
        if (method, resource) == ("POST", "Messages.json"):
            return self._message(params)
        if (method, resource) == ("GET", "IncomingPhoneNumbers.json"):
            wanted = params.get("PhoneNumber", "")
            found = [self.number] if wanted in str(self.number["phone_number"]) else []
            return _json(200, {"incoming_phone_numbers": found, "page": 0, "page_size": 50, "start": 0})
        if (method, resource) == ("POST", f"IncomingPhoneNumbers/{NUMBER_SID}.json"):
            self.number |= {"sms_url": params["SmsUrl"], "sms_method": params["SmsMethod"]}
            return _json(200, self.number)
        if method == "GET" and resource in self.media:
            data, kind = self.media[resource]
            return Told(200, data, {"Content-Type": kind})
        return _error(404, 20404, f"The requested resource {resource} was not found")

    def _message(self, params: dict[str, str]) -> Told:
        to, ours, body = params.get("To", ""), params.get("From", ""), params.get("Body", "")
        service = params.get("MessagingServiceSid", "")
        if not to:
            return _error(400, 21604, "A 'To' phone number is required.")
        if not ours and not service:
            return _error(400, 21603, "A 'From' phone number is required.")
        if not body and "MediaUrl" not in params:
            return _error(400, 21602, "Message body is required.")
        if "MediaUrl" in params:
            if not is_link(params["MediaUrl"]):
                return _error(400, 21620, "Invalid media URL(s)")
            self.shown.append(self.outside(params["MediaUrl"]))
        if len(body) > MAX_BODY:
            return _error(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        if ours and ours.startswith("whatsapp:") != to.startswith("whatsapp:"):
            return _error(400, 21910, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel")
        if ours and ours.removeprefix("whatsapp:") != self.number["phone_number"]:
            return _error(400, 21606, f"The From phone number {ours} is not a valid phone number for this destination")
        self._sent += 1
        sid = f"SM{self._sent:032x}"
        return _json(
            201,
            {
                "sid": sid,
                "account_sid": ACCOUNT,
                "api_version": "2010-04-01",
                "body": body,
                "date_created": "Fri, 20 Nov 2026 12:00:00 +0000",
                "date_sent": None,
                "direction": "outbound-api",
                "error_code": None,
                "error_message": None,
                "from": ours or None,
                "messaging_service_sid": service or None,
                "num_media": "1" if "MediaUrl" in params else "0",
                "num_segments": "0" if service else "1",
                "status": "accepted" if service else "queued",
                "to": to,
                "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json",
            },
        )


def _json(status: int, value: object) -> Told:
    return Told(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


def _error(status: int, code: int | None, message: str) -> Told:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return _json(status, {"code": code, "message": message, "more_info": more, "status": status})
