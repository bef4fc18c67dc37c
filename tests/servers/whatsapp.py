"""A local server that stands for the WhatsApp Cloud API: numbers, messages, media, webhook overrides.

Source of the forms: developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages,
…/business-phone-numbers/media, …/business-scoped-user-ids, …/webhooks/override, …/support/error-codes.
"""

import hashlib
import re

from tests.servers.meta import GraphCall, MetaServer, error, result
from tests.servers.plain import Told

NUMBER = "106540352242922"
ACCOUNT = "102290129340398"
MAX_TEXT = 4096
MB = 1024 * 1024
LIMITS = {"image": 5 * MB, "video": 16 * MB, "audio": 16 * MB, "document": 100 * MB}


class WhatsAppServer(MetaServer):
    """The Cloud API of one number; `uploaded` are the files sent to it, `webhook` is where its posts go."""

    guarded = True

    def __init__(self) -> None:
        super().__init__()
        self.uploaded: dict[str, tuple[str, bytes]] = {}
        self.webhook: dict[str, str] = {"application": "https://elsewhere.example/hook"}
        self.subscribed = False

    def answer(self, call: GraphCall) -> Told:
        """Return what one call is answered."""
        if call.path == f"{NUMBER}/messages":
            return self._message(call.fields)
        if call.path == f"{NUMBER}/media":
            return self._upload(call)
        if call.path == f"{ACCOUNT}/subscribed_apps":
            self.subscribed |= call.method == "POST"
            app = {"whatsapp_business_api_data": {"id": "670843887433847", "name": "Desk"}}
            listed = {"data": [app] if self.subscribed else []}
            return result({"success": True} if call.method == "POST" else listed)
        if call.path == NUMBER and call.method == "POST":
            override = call.fields.get("webhook_configuration")
            if not isinstance(override, dict) or not override.get("verify_token"):
                return error(400, 100)
            self.webhook["phone_number"] = override["override_callback_uri"]
            return result({"success": True})
        if call.path == NUMBER:
            number = {"display_phone_number": "+1 555-078-3881", "id": NUMBER, "webhook_configuration": self.webhook}
            return result(number)
        return self._media(call.path) if call.method == "GET" else error(400, 100, 33)

    def _message(self, fields: dict[str, object]) -> Told:
        kind = str(fields.get("type"))
        held = fields.get(kind)
        to, recipient = str(fields.get("to", "")), str(fields.get("recipient", ""))
        if fields.get("messaging_product") != "whatsapp" or not isinstance(held, dict) or bool(to) is bool(recipient):
            return error(400, 100)
        if not re.fullmatch(r"[0-9]+", to) and not re.fullmatch(r"[A-Z]{2}\.[A-Za-z0-9]+", recipient):
            return error(400, 131009)
        if kind == "text":
            if not 0 < len(str(held.get("body", ""))) <= MAX_TEXT:
                return error(400, 100)
        elif kind not in LIMITS or held.get("id") not in self.uploaded:
            return error(400, 131009)
        elif len(self.uploaded[held["id"]][1]) > LIMITS[kind]:
            return error(400, 131053)
        asked = {"input": to, "wa_id": to} if to else {"input": recipient, "user_id": recipient}
        sent = [{"id": f"wamid.SENT{self.next_id()}"}]
        return result({"messaging_product": "whatsapp", "contacts": [asked], "messages": sent})

    def _upload(self, call: GraphCall) -> Told:
        if (
            call.fields.get("messaging_product") != "whatsapp"
            or not call.fields.get("type")
            or "file" not in call.files
        ):
            return error(400, 100)
        number = str(self.next_id())
        self.uploaded[number] = call.files["file"]
        return result({"id": number})

    def _media(self, number: str) -> Told:
        data = self.media.get(number)
        if data is None:
            return error(400, 100, 33)
        return result(
            {
                "messaging_product": "whatsapp",
                "url": self.media_url(number),
                "mime_type": "application/pdf",
                "sha256": hashlib.sha256(data).hexdigest(),
                "file_size": len(data),
                "id": number,
            }
        )
