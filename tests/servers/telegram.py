"""A local server that stands for the Bot API: it records calls, gives message ids, serves files, refuses when told to.

Source of the forms: core.telegram.org/bots/api.
"""

import json
from dataclasses import dataclass
from urllib.parse import unquote

from tests.servers.plain import Call, Told
from tests.servers.standin import StandIn, read_form

TOKEN = "123456:TEST-token_of_the_local_bot"


@dataclass(frozen=True, slots=True)
class BotCall:
    """One call of a method, its parameters as sent, its files as name and bytes."""

    method: str
    params: dict[str, object]
    files: dict[str, tuple[str, bytes]]


class TelegramServer(StandIn[BotCall]):
    """Context manager. `url` is the base_url to set; `calls` are the methods called, oldest first.

    `before` is called with each call that has come, before it is answered.
    """

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__()
        self.token = token
        self.files: dict[str, bytes] = {}  # file_id -> bytes
        self.webhook: dict[str, object] = {"url": "", "pending_update_count": 0}
        self._next_id = 1000

    def refuse(self, status: int, description: str, **parameters: object) -> None:
        """Answer the next call with an error as the Bot API writes it."""
        error = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
        self.order(Told(status, json.dumps(error).encode(), {"Content-Type": "application/json"}))

    def called(self, method: str) -> list[BotCall]:
        """Return the calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    def take(self, call: Call) -> Told:
        """Check a call, record it and answer."""
        file_prefix, bot_prefix = f"/file/bot{self.token}/", f"/bot{self.token}/"
        if call.path.startswith(file_prefix):
            data = self.files.get(unquote(call.path.removeprefix(file_prefix)).removeprefix("files/"))
            return Told(404) if data is None else Told(200, data)
        if not call.path.startswith(bot_prefix):
            return _error(401, "Unauthorized")
        method = call.path.removeprefix(bot_prefix)
        params, files = read_form(call)
        self.calls.append(BotCall(method, params, files))
        return self.ordered() or self._method(method, params)

    def _method(self, method: str, params: dict[str, object]) -> Told:
        if method in ("sendMessage", "sendPhoto", "sendDocument"):
            self._next_id += 1
            chat = {"id": int(str(params["chat_id"])), "type": "private"}
            return _result({"message_id": self._next_id, "chat": chat, "date": 1_760_000_000})
        if method == "getFile":
            file_id = str(params.get("file_id"))
            if file_id not in self.files:
                return _error(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
            return _result({"file_id": file_id, "file_path": f"files/{file_id}"})
        if method == "setWebhook":
            self.webhook |= {"url": params["url"], "allowed_updates": params.get("allowed_updates")}
            return _result(True)
        if method == "getWebhookInfo":
            return _result(self.webhook)
        if method == "getMe":
            return _result({"id": 123456, "is_bot": True, "first_name": "Desk", "username": "desk_bot"})
        return _error(404, "Not Found")


def _result(result: object) -> Told:
    return Told(200, json.dumps({"ok": True, "result": result}).encode(), {"Content-Type": "application/json"})


def _error(status: int, description: str) -> Told:
    body = {"ok": False, "error_code": status, "description": description}
    return Told(status, json.dumps(body).encode(), {"Content-Type": "application/json"})
