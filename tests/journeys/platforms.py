"""Platforms as customers use them: what each posts to the desk, signed its own way, and what it was asked to send.

Each stands on its local stand-in (tests/servers), which answers as the platform's documentation says. Signatures are
made by the platforms' own libraries where there are some, else with `hmac` alone.
"""

import base64
import hashlib
import hmac
import json
import time
from abc import ABC, abstractmethod
from itertools import count
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode

from slack_sdk.signature import SignatureVerifier
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.servers import line, slack, standin, twilio, viber, x

PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC")
NUMBER = count(1001)
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def seconds() -> int:
    """Return the moment it is in Unix seconds."""
    return int(time.time())


class Platform(ABC):
    """One platform and one customer of it. `server` is its stand-in; `url` is the webhook's address."""

    channel: ClassVar[str]
    kind = JSON
    answer = b""  # how what it is answered must end, where that matters

    def __init__(self, server: Any) -> None:
        self.server = server
        self.url = ""

    @abstractmethod
    def settings(self) -> dict[str, str]:
        """Return what stands in the connection's settings."""

    @abstractmethod
    def proof(self, body: bytes) -> dict[str, str]:
        """Return the headers that prove a body."""

    @abstractmethod
    def says(self, text: str) -> bytes:
        """Return the post of a message of the customer's."""

    @abstractmethod
    def sent(self) -> list[str]:
        """Return the texts that the platform was asked to send to the customer, in its documented form."""

    @abstractmethod
    def slows(self, wait_s: int) -> None:
        """Let the platform refuse the next message as one too many for now."""


class WithFiles(Platform):
    """A platform whose files may be at http, where a stand-in has them."""

    @abstractmethod
    def shows(self, text: str) -> bytes:
        """Return the post of a picture, which is there to be fetched, with a few words."""


class WithReceipts(Platform):
    """A platform that tells what became of a message of ours; `receipt_state` is what it tells here."""

    receipt_state: ClassVar[str]

    @abstractmethod
    def receipt(self, external_id: str) -> bytes:
        """Return the post that tells what became of a message of ours."""


class Slack(WithFiles):
    channel, stand_in = "slack", slack.SlackServer
    secret, chat = "8f742231b10e8888abcd99yyyzzz85a5", "D024BE91L"

    def settings(self) -> dict[str, str]:
        return {"bot_token": slack.TOKEN, "signing_secret": self.secret, "base_url": self.server.url}

    def proof(self, body: bytes) -> dict[str, str]:
        stamp = str(seconds())
        signature = SignatureVerifier(self.secret).generate_signature(timestamp=stamp, body=body)
        return {"X-Slack-Signature": str(signature), "X-Slack-Request-Timestamp": stamp}

    def says(self, text: str) -> bytes:
        return self._event(text=text)

    def shows(self, text: str) -> bytes:
        path = f"T1-F{next(NUMBER)}/broken.png"
        self.server.files[path] = PNG
        url = f"{self.server.url}/files-pri/{path}"
        file = {"id": f"F{next(NUMBER)}", "name": "broken.png", "mimetype": "image/png", "mode": "hosted"}
        where = {"url_private": url, "url_private_download": url}
        return self._event(text=text, subtype="file_share", files=[{**file, **where, "size": len(PNG)}])

    def sent(self) -> list[str]:
        asked = [standin.sent(call) for call in self.server.called("chat.postMessage")]
        return [str(body["text"]) for body in asked if body["channel"] == self.chat]

    def slows(self, wait_s: int) -> None:
        self.server.refuse(429, {"ok": False, "error": "ratelimited"}, Retry_After=str(wait_s))

    def _event(self, **more: object) -> bytes:
        stamp = f"{seconds()}.{next(NUMBER):06d}"
        held = {"type": "message", "channel": self.chat, "channel_type": "im", "user": "U2147483697", "ts": stamp}
        outer = {"type": "event_callback", "event_id": f"Ev{next(NUMBER)}", "team_id": "T061EG9R6"}
        ours = [{"team_id": "T061EG9R6", "user_id": "U0BOTDESK", "is_bot": True}]
        return json.dumps({**outer, "authorizations": ours, "event": {**held, **more}}).encode()


class Line(WithFiles):
    channel, stand_in = "line", line.LineServer
    secret = "8c570fa6dd201bb328f1c1eac23a96d8"

    def settings(self) -> dict[str, str]:
        return {
            "channel_secret": self.secret,
            "channel_access_token": line.TOKEN,
            "base_url": self.server.url,
        }

    def proof(self, body: bytes) -> dict[str, str]:
        mac = hmac.new(self.secret.encode(), body, hashlib.sha256).digest()
        return {"X-Line-Signature": base64.b64encode(mac).decode()}

    def says(self, text: str) -> bytes:
        return self._events({"id": f"4445738440{next(NUMBER)}", "type": "text", "text": text})

    def shows(self, text: str) -> bytes:
        number = f"3547187050{next(NUMBER)}"
        self.server.files[number] = PNG
        picture = {"id": number, "type": "image", "contentProvider": {"type": "line"}}
        return self._events({"id": f"4445738440{next(NUMBER)}", "type": "text", "text": text}, picture)

    def sent(self) -> list[str]:
        asked = [standin.sent(call) for call in self.server.called("/message/push")]
        return [str(part["text"]) for body in asked if body["to"] == line.USER for part in body["messages"]]  # type: ignore[attr-defined]

    def slows(self, wait_s: int) -> None:
        words = "The API rate limit has been exceeded. Try again later."
        self.server.refuse(429, {"message": words}, Retry_After=str(wait_s))

    def _events(self, *messages: dict[str, object]) -> bytes:
        base = {"type": "message", "mode": "active", "source": {"type": "user", "userId": line.USER}}
        events = [
            {
                **base,
                "timestamp": seconds() * 1000,
                "webhookEventId": f"01FZ74A0TDDPYRVKNK77{next(NUMBER)}",
                "deliveryContext": {"isRedelivery": False},
                "replyToken": "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA",
                "message": message,
            }
            for message in messages
        ]
        return json.dumps({"destination": "U4af4980629", "events": events}).encode()


class Viber(WithFiles, WithReceipts):
    channel, stand_in, receipt_state = "viber", viber.ViberServer, "delivered"

    def settings(self) -> dict[str, str]:
        return {"auth_token": viber.TOKEN, "base_url": self.server.url, "sender_name": "Shop"}

    def proof(self, body: bytes) -> dict[str, str]:
        mac = hmac.new(viber.TOKEN.encode(), body, hashlib.sha256).hexdigest()
        return {"X-Viber-Content-Signature": mac}

    def says(self, text: str) -> bytes:
        return self._message(type="text", text=text)

    def shows(self, text: str) -> bytes:
        name = f"{next(NUMBER)}.png"
        self.server.files[name] = PNG
        where = {"media": f"{self.server.url}/media/{name}", "file_name": name, "size": len(PNG)}
        return self._message(type="picture", text=text, **where)

    def sent(self) -> list[str]:
        asked = [standin.sent(call) for call in self.server.called("/pa/send_message")]
        return [str(body["text"]) for body in asked if body["receiver"] == viber.RECEIVER and body["type"] == "text"]

    def receipt(self, external_id: str) -> bytes:
        about = {"message_token": int(external_id), "user_id": viber.RECEIVER}
        return json.dumps({"event": "delivered", "timestamp": seconds() * 1000, **about}).encode()

    def slows(self, wait_s: int) -> None:
        self.server.refuse(429, {"status": 12, "status_message": "tooManyRequests"}, Retry_After=str(wait_s))

    def _message(self, **message: object) -> bytes:
        who = {"id": viber.RECEIVER, "name": "Olena Koval", "language": "uk", "country": "UA"}
        token = 5741311803571720000 + next(NUMBER)
        about = {"event": "message", "timestamp": seconds() * 1000, "message_token": token, "sender": who}
        return json.dumps({**about, "message": message, "silent": False}).encode()


class Twilio(WithFiles, WithReceipts):
    channel, stand_in, receipt_state = "twilio", twilio.TwilioServer, "delivered"
    kind, customer = FORM, "+15550123"
    answer = b"<Response/>"  # any words in it would be sent to the customer

    def settings(self) -> dict[str, str]:
        return {
            "account_sid": twilio.ACCOUNT,
            "auth_token": twilio.TOKEN,
            "from_number": twilio.NUMBER,
            "base_url": self.server.url,
        }

    def proof(self, body: bytes) -> dict[str, str]:
        params = dict(parse_qsl(body.decode(), keep_blank_values=True))
        return {"X-Twilio-Signature": RequestValidator(twilio.TOKEN).compute_signature(self.url, params)}

    def says(self, text: str) -> bytes:
        return self._form(Body=text, NumMedia="0")

    def shows(self, text: str) -> bytes:
        path = f"Messages/MM{next(NUMBER):032x}/Media/ME{next(NUMBER):032x}"
        self.server.media[path] = (PNG, "image/png")
        where = {"MediaUrl0": f"{self.server.base}/{path}", "MediaContentType0": "image/png"}
        return self._form(Body=text, NumMedia="1", **where)

    def sent(self) -> list[str]:
        return [params["Body"] for params in self.server.sent() if params["To"] == self.customer]

    def receipt(self, external_id: str) -> bytes:
        state = {"MessageSid": external_id, "MessageStatus": "delivered", "SmsStatus": "delivered"}
        return urlencode({**state, "AccountSid": twilio.ACCOUNT, "To": self.customer, "From": twilio.NUMBER}).encode()

    def slows(self, wait_s: int) -> None:
        self.server.refuse(429, 20429, "Too Many Requests", Retry_After=str(wait_s))

    def _form(self, **fields: str) -> bytes:
        sid = f"SM{next(NUMBER):032x}"
        about = {"MessageSid": sid, "SmsSid": sid, "AccountSid": twilio.ACCOUNT, "SmsStatus": "received"}
        return urlencode({**about, "From": self.customer, "To": twilio.NUMBER, **fields}).encode()


class X(WithReceipts):
    channel, stand_in, receipt_state = "x", x.XServer, "read"
    ours, customer = x.ACCOUNT[0].partition("-")[0], "1205000000000000017"

    def settings(self) -> dict[str, str]:
        app = {"consumer_key": x.APP[0], "consumer_secret": x.APP[1]}
        account = {"access_token": x.ACCOUNT[0], "access_token_secret": x.ACCOUNT[1]}
        return {**app, **account, "base_url": self.server.url}

    def proof(self, body: bytes) -> dict[str, str]:
        mac = hmac.new(x.APP[1].encode(), body, hashlib.sha256).digest()
        return {"X-Twitter-Webhooks-Signature": f"sha256={base64.b64encode(mac).decode()}"}

    def says(self, text: str) -> bytes:
        return self._message(text=text)

    def sent(self) -> list[str]:
        path = f"/2/dm_conversations/with/{self.customer}/messages"
        return [str(body["text"]) for body in self.server.asked(path)]

    def receipt(self, external_id: str) -> bytes:
        read = {"created_timestamp": str(seconds() * 1000), "sender_id": self.customer}
        event = {**read, "target": {"recipient_id": self.ours}, "last_read_event_id": external_id}
        return json.dumps({"for_user_id": self.ours, "direct_message_mark_read_events": [event]}).encode()

    def slows(self, wait_s: int) -> None:
        self.server.refuse(429, x_rate_limit_reset=str(seconds() + wait_s + 1))  # whole seconds, so one more

    def _message(self, **data: object) -> bytes:
        create = {"target": {"recipient_id": self.ours}, "sender_id": self.customer, "message_data": data}
        about = {"type": "message_create", "id": str(next(NUMBER)), "created_timestamp": str(seconds() * 1000)}
        person = {self.customer: {"id": self.customer, "name": "Ana Ruiz", "screen_name": "ana_ruiz"}}
        events = [{**about, "message_create": create}]
        return json.dumps({"for_user_id": self.ours, "direct_message_events": events, "users": person}).encode()
