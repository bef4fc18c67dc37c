"""Meta's three platforms as customers use them: WhatsApp, Messenger, Instagram."""

import hashlib
import hmac
import json

from tests.journeys.platforms import NUMBER, PNG, WithFiles, WithReceipts, seconds
from tests.servers import instagram, messenger, meta, whatsapp


class WhatsApp(WithFiles, WithReceipts):
    channel, stand_in, receipt_state = "whatsapp", whatsapp.WhatsAppServer, "delivered"
    customer = "15550190001"

    def settings(self) -> dict[str, str]:
        return {
            "access_token": meta.TOKEN,
            "phone_number_id": whatsapp.NUMBER,
            "app_secret": meta.APP_SECRET,
            "base_url": self.server.url,
        }

    def proof(self, body: bytes) -> dict[str, str]:
        mac = hmac.new(meta.APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        return {"X-Hub-Signature-256": f"sha256={mac}"}

    def says(self, text: str) -> bytes:
        return self._message(type="text", text={"body": text})

    def shows(self, text: str) -> bytes:
        number = f"90000{next(NUMBER)}"
        self.server.media[number] = PNG
        return self._message(type="image", image={"id": number, "mime_type": "image/png", "caption": text})

    def sent(self) -> list[str]:
        asked = [call.fields for call in self.server.called(f"{whatsapp.NUMBER}/messages")]
        return [str(fields["text"]["body"]) for fields in asked if fields["to"] == self.customer]  # type: ignore[index]

    def receipt(self, external_id: str) -> bytes:
        status = {"id": external_id, "status": "delivered", "timestamp": str(seconds()), "recipient_id": self.customer}
        return self._post(statuses=[status])

    def slows(self, wait_s: int) -> None:
        self.server.refuse(429, 130429, retry_after=wait_s)

    def _message(self, **content: object) -> bytes:
        base = {"from": self.customer, "id": f"wamid.HBg{next(NUMBER)}", "timestamp": str(seconds())}
        person = {"profile": {"name": "Ana Ruiz"}, "wa_id": self.customer}
        return self._post(contacts=[person], messages=[{**base, **content}])

    def _post(self, **value: object) -> bytes:
        about = {"display_phone_number": "15550783881", "phone_number_id": whatsapp.NUMBER}
        change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": about, **value}}
        entry = {"id": whatsapp.ACCOUNT, "changes": [change]}
        return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


class Messenger(WithFiles, WithReceipts):
    channel, stand_in, receipt_state = "messenger", messenger.MessengerServer, "delivered"
    product, ours, customer = "page", messenger.PAGE, "5678901234567890"
    proof = WhatsApp.proof

    def settings(self) -> dict[str, str]:
        return {
            "access_token": meta.TOKEN,
            "page_id": messenger.PAGE,
            "app_secret": meta.APP_SECRET,
            "base_url": self.server.url,
        }

    def says(self, text: str) -> bytes:
        return self._event(message={"mid": f"m_{next(NUMBER)}", "text": text})

    def shows(self, text: str) -> bytes:
        name = f"{next(NUMBER)}.png"
        self.server.media[name] = PNG
        picture = {"type": "image", "payload": {"url": self.server.media_url(name)}}
        return self._event(message={"mid": f"m_{next(NUMBER)}", "text": text, "attachments": [picture]})

    def sent(self) -> list[str]:
        asked = [call.fields for call in self.server.called("/messages")]
        return [str(f["message"]["text"]) for f in asked if f["recipient"] == {"id": self.customer}]  # type: ignore[index]

    def receipt(self, external_id: str) -> bytes:
        return self._event(delivery={"mids": [external_id], "watermark": seconds() * 1000})

    def slows(self, wait_s: int) -> None:
        self.server.refuse(429, 613, retry_after=wait_s)

    def _event(self, **event: object) -> bytes:
        now = seconds() * 1000
        held = {"sender": {"id": self.customer}, "recipient": {"id": self.ours}, "timestamp": now, **event}
        entry = {"id": self.ours, "time": now, "messaging": [held]}
        return json.dumps({"object": self.product, "entry": [entry]}).encode()


class Instagram(Messenger):
    channel, stand_in, receipt_state = "instagram", instagram.InstagramServer, "read"
    product, ours, customer = "instagram", instagram.ACCOUNT, "6543210987654321"

    def settings(self) -> dict[str, str]:
        return {
            "access_token": meta.TOKEN,
            "instagram_account_id": instagram.ACCOUNT,
            "page_id": messenger.PAGE,
            "app_secret": meta.APP_SECRET,
            "base_url": self.server.url,
        }

    def receipt(self, external_id: str) -> bytes:
        return self._event(read={"mid": external_id})
