"""A local server that stands for LINE's Messaging API: push with retry keys, files, the webhook's settings.

Built from the documented requests, answers and errors of developers.line.biz/en/reference/messaging-api/
(#send-push-message, #image-message, #video-message, #get-content, #set-webhook-endpoint-url,
#get-webhook-endpoint-information, #get-bot-info, #error-messages) and /en/docs/messaging-api/retrying-api-request/.
"""

import re
from uuid import UUID

from tests.servers.outside import Found, Outside, is_link, nothing
from tests.servers.plain import Call, Told
from tests.servers.standin import JsonStandIn, sent, told

TOKEN = "bGluZS1jaGFubmVsLWFjY2Vzcy10b2tlbg"
USER = "U4af4980629bd7e3f1a2b3c4d5e6f7081"
LONGEST = 5000  # UTF-16 units
MOST = 5  # messages of a call


class LineServer(JsonStandIn):
    """Stands for api.line.me and api-data.line.me alike; `delivered` are the texts that a customer got.

    Pictures and videos are fetched from `outside`; `shown` are each one's kind, content and preview.
    """

    def __init__(self) -> None:
        super().__init__()
        self.delivered: list[str] = []
        self.outside: Outside = nothing
        self.shown: list[tuple[str, Found, Found]] = []
        self.files: dict[str, bytes | None] = {}  # message id -> bytes, None while they are prepared
        self.endpoint: str | None = None
        self.active = True
        self._taken: dict[str, list[dict[str, str]]] = {}  # retry key -> messages
        self._next_id = 461230966842064896

    def answer(self, call: Call) -> Told:
        """Answer one call, its token checked."""
        if call.headers.get("authorization") != f"Bearer {TOKEN}":
            text = "Authentication failed. Confirm that the access token in the authorization header is valid."
            return told({"message": text}, 401)
        if (call.method, call.path) == ("POST", "/v2/bot/message/push"):
            return self._push(call)
        if call.method == "GET" and (found := re.fullmatch(r"/v2/bot/message/([^/]+)/content", call.path)):
            return self._content(found[1])
        if call.path == "/v2/bot/channel/webhook/endpoint":
            return self._endpoint(call)
        if (call.method, call.path) == ("GET", "/v2/bot/info"):
            return told({"userId": "Ub9952f8", "basicId": "@216ru", "displayName": "Shop", "chatMode": "bot"})
        return told({"message": "Not found"}, 404)

    def lose_the_answer(self) -> None:
        """Take the next push and deliver it, but let its answer get lost."""
        self.before = self._take_silently
        self.hang_up()

    def _take_silently(self, call: Call) -> None:
        self.before = lambda other: None
        self._push(call)

    def _push(self, call: Call) -> Told:
        key = call.headers.get("x-line-retry-key", "")
        try:
            UUID(key)
        except ValueError:
            return told({"message": "The retry key is invalid"}, 400)
        if key in self._taken:
            taken = {"message": "The retry key is already accepted", "sentMessages": self._taken[key]}
            return told(taken, 409, x_line_accepted_request_id="123e4567-e89b-12d3-a456-426655440001")
        body = sent(call)
        messages = body.get("messages")
        if body.get("to") != USER:
            return told({"message": "The property, 'to', in the request body is invalid (line: -, column: -)"}, 400)
        if not isinstance(messages, list) or not 1 <= len(messages) <= MOST or not all(map(_fits, messages)):
            return told({"message": "The request body has 1 error(s)", "details": [{"property": "messages"}]}, 400)
        for message in messages:
            self._show(message)
        self._taken[key] = [{"id": self._id(), "quoteToken": "IStG5h1Tz7b"} for _ in messages]
        return told({"sentMessages": self._taken[key]}, x_line_request_id="123e4567-e89b-12d3-a456-426655440002")

    def _show(self, message: dict[str, str]) -> None:
        if message["type"] == "text":
            self.delivered.append(message["text"])
            return
        content, preview = (self.outside(message[name]) for name in ("originalContentUrl", "previewImageUrl"))
        self.shown.append((message["type"], content, preview))

    def _content(self, message_id: str) -> Told:
        if message_id not in self.files:
            return told({"message": "Not found"}, 404)
        data = self.files[message_id]
        return Told(202) if data is None else Told(200, data, {"Content-Type": "image/jpeg"})

    def _endpoint(self, call: Call) -> Told:
        if call.method == "PUT":
            url = sent(call).get("endpoint")
            if not isinstance(url, str) or not url.startswith("https://"):
                return told({"message": "Invalid webhook endpoint URL"}, 400)
            self.endpoint = url
            return told({})
        if self.endpoint is None:
            return told({"message": "Webhook endpoint not found"}, 404)
        return told({"endpoint": self.endpoint, "active": self.active})

    def _id(self) -> str:
        self._next_id += 1
        return str(self._next_id)


def _fits(message: object) -> bool:
    if not isinstance(message, dict):
        return False
    if message.get("type") in ("image", "video"):
        return is_link(message.get("originalContentUrl")) and is_link(message.get("previewImageUrl"))
    text = message.get("text")
    is_text = message.get("type") == "text" and isinstance(text, str)
    return is_text and 0 < len(str(text).encode("utf-16-le")) // 2 <= LONGEST
