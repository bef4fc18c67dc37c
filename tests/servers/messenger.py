"""A local server that stands for Messenger's Send API, its uploads and its webhook subscriptions.

Source of the forms: developers.facebook.com/documentation/business-messaging/messenger-platform (reference/send-api,
reference/attachment-upload-api, error-codes), developers.facebook.com/docs/graph-api/reference/page/subscribed_apps and
…/reference/app/subscriptions.
"""

import json

from tests.servers.meta import APP_ID, GraphCall, MetaServer, error, result
from tests.servers.plain import Told

PAGE = "180005062406476"
MB = 1024 * 1024
KINDS = ("image", "video", "audio", "file")


class MessengerServer(MetaServer):
    """The Send API of one page; `uploaded` are the files sent to it, `callback` is the app's webhook."""

    product = "page"
    page = PAGE
    max_text = 2000  # characters

    def __init__(self) -> None:
        super().__init__()
        self.uploaded: dict[str, tuple[str, bytes]] = {}
        self.subscribed: list[str] = []
        self.callback = ""

    def answer(self, call: GraphCall) -> Told:
        """Return what one call is answered."""
        owner, _, edge = call.path.partition("/")
        if call.path == f"{APP_ID}/subscriptions":
            return self._subscriptions(call)
        if owner not in (self.page, "me"):
            return error(400, 100, 33)
        if edge == "messages" and call.method == "POST":
            return self._message(call.fields)
        if edge == "message_attachments":
            return self._upload(call)
        if edge == "subscribed_apps":
            return self._apps(call)
        return self.about(call) if not edge else error(400, 100)

    def about(self, call: GraphCall) -> Told:
        """Return what is told of the page itself."""
        return result({"name": "Shop", "id": self.page})

    def too_long(self, text: str) -> bool:
        """Say whether a text is longer than one message may be."""
        return len(text) > self.max_text

    def _message(self, fields: dict[str, object]) -> Told:
        recipient, message = fields.get("recipient"), fields.get("message")
        if not isinstance(recipient, dict) or not str(recipient.get("id", "")).isdecimal():
            return error(400, 100, 2018001)
        tagged = fields.get("messaging_type") == "MESSAGE_TAG"
        if fields.get("messaging_type") not in ("RESPONSE", "UPDATE", "MESSAGE_TAG"):
            return error(400, 100)
        if tagged is not (fields.get("tag") == "HUMAN_AGENT") or not isinstance(message, dict):
            return error(400, 100)
        text, attachment = message.get("text"), message.get("attachment")
        if (text is None) is (attachment is None) or (isinstance(text, str) and (not text or self.too_long(text))):
            return error(400, 100)
        if isinstance(attachment, dict):
            held = self.uploaded.get(attachment["payload"]["attachment_id"])
            if held is None or attachment["type"] != held[0]:
                return error(400, 100, 2018047)
        return result({"recipient_id": recipient["id"], "message_id": f"m_SENT{self.next_id()}"})

    def _upload(self, call: GraphCall) -> Told:
        message = json.loads(str(call.fields.get("message", "{}")))
        kind = message.get("attachment", {}).get("type")
        if kind not in KINDS or "filedata" not in call.files:
            return error(400, 100)
        if call.fields.get("platform", "page") != ("instagram" if self.product == "instagram" else "page"):
            return error(400, 100)
        if len(call.files["filedata"][1]) > (8 if kind == "image" else 25) * MB:
            return error(400, 100, 2018109)
        number = str(self.next_id())
        self.uploaded[number] = (kind, call.files["filedata"][1])
        return result({"attachment_id": number})

    def _apps(self, call: GraphCall) -> Told:
        if call.method == "POST":
            self.subscribed = str(call.fields["subscribed_fields"]).split(",")
            return result({"success": True})
        app = {"name": "Desk", "id": APP_ID, "subscribed_fields": self.subscribed}
        return result({"data": [app] if self.subscribed else []})

    def _subscriptions(self, call: GraphCall) -> Told:
        if call.method == "POST":
            if call.fields.get("object") != self.product or not call.fields.get("verify_token"):
                return error(400, 100)
            self.callback = str(call.fields["callback_url"])
            return result({"success": True})
        fields = [{"name": "messages", "version": "v25.0"}]
        hook = {"object": self.product, "callback_url": self.callback, "active": True, "fields": fields}
        return result({"data": [hook] if self.callback else []})
