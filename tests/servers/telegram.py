"""A local server that stands for the Bot API: it records calls, gives message ids, serves files, refuses when told to.

Source of the forms: core.telegram.org/bots/api.
"""

import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email.parser import BytesParser
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from tests.servers.plain import Call, PlainServer, Told

TOKEN = "123456:TEST-token_of_the_local_bot"


@dataclass(frozen=True, slots=True)
class BotCall:
    """One call of a method, its parameters as sent, its files as name and bytes."""

    method: str
    params: dict[str, object]
    files: dict[str, tuple[str, bytes]]


class TelegramServer:
    """Context manager. `url` is the base_url to set; `calls` are the methods called, oldest first.

    `before` is called with each call that has come, before it is answered.
    """

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.calls: list[BotCall] = []
        self.files: dict[str, bytes] = {}  # file_id -> bytes
        self.before: Callable[[Call], object] = lambda call: None
        self.webhook: dict[str, object] = {"url": "", "pending_update_count": 0}
        self._orders: deque[Told | None] = deque()
        self._lock = threading.Lock()
        self._next_id = 1000
        self._plain = PlainServer(self._answer)
        self.url = self._plain.url

    def __enter__(self) -> Self:
        self._plain.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._plain.__exit__(kind, error, trace)

    def refuse(self, status: int, description: str, **parameters: object) -> None:
        """Answer the next call with an error as the Bot API writes it."""
        error = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
        self._orders.append(Told(status, json.dumps(error).encode(), {"Content-Type": "application/json"}))

    def hang_up(self) -> None:
        """Take the next call and close without an answer."""
        self._orders.append(Told(hang_up=True))

    def accept(self) -> None:
        """Answer the next call as usual; orders given later wait behind it."""
        self._orders.append(None)

    def called(self, method: str) -> list[BotCall]:
        """Return the calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    def _answer(self, call: Call) -> Told:
        self.before(call)
        with self._lock:
            file_prefix, bot_prefix = f"/file/bot{self.token}/", f"/bot{self.token}/"
            if call.path.startswith(file_prefix):
                data = self.files.get(unquote(call.path.removeprefix(file_prefix)).removeprefix("files/"))
                return Told(404) if data is None else Told(200, data)
            if not call.path.startswith(bot_prefix):
                return _error(401, "Unauthorized")
            method = call.path.removeprefix(bot_prefix)
            params, files = _read(call)
            self.calls.append(BotCall(method, params, files))
            if self._orders and (order := self._orders.popleft()) is not None:
                return order
            return self._method(method, params)

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


def _read(call: Call) -> tuple[dict[str, object], dict[str, tuple[str, bytes]]]:
    """Return parameters and files of a JSON or multipart body."""
    kind = call.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return (json.loads(call.body) if call.body else {}), {}
    mail = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + call.body)
    params: dict[str, object] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for part in mail.get_payload():
        assert not isinstance(part, str)
        name = str(part.get_param("name", header="content-disposition"))
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        file_name = part.get_filename()
        if file_name is None:
            params[name] = data.decode()
        else:
            files[name] = (file_name, data)
    return params, files
