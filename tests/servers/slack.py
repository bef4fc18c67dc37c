"""A local server that stands for Slack's Web API: it posts, takes and gives files, and refuses as Slack does.

Built from the documented requests, answers and errors of docs.slack.dev/reference/methods/ (auth.test,
chat.postMessage, conversations.open, files.getUploadURLExternal, files.completeUploadExternal, files.info) and
/reference/objects/file-object.
"""

import json
from urllib.parse import parse_qsl

from tests.servers.plain import Call, Told
from tests.servers.standin import JsonStandIn, sent, told

TOKEN = "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy"
SCOPES = "app_mentions:read,chat:write,files:read,files:write,im:history"
LONGEST = 40_000  # characters, beyond which chat.postMessage cuts


class SlackServer(JsonStandIn):
    """Stands for slack.com/api and files.slack.com alike."""

    def __init__(self) -> None:
        super().__init__()
        self.channels = {"D024BE91L", "C2147483705"}
        self.scopes = SCOPES
        self.files: dict[str, bytes] = {}  # path under /files-pri/ -> bytes
        self.uploads: dict[str, tuple[str, int, bytes | None]] = {}  # file id -> name, length, bytes once they came
        self.shared: list[dict[str, object]] = []  # what files.completeUploadExternal was told
        self._next_number = 1

    def answer(self, call: Call) -> Told:
        """Answer one call, its token checked wherever Slack checks it."""
        if call.path.startswith("/upload/v1/"):
            return self._upload(call)
        known = call.headers.get("authorization") == f"Bearer {TOKEN}"
        if call.path.startswith("/files-pri/"):
            return self._file(call, known)
        if not known:
            return told({"ok": False, "error": "invalid_auth" if "authorization" in call.headers else "not_authed"})
        method = call.path.rpartition("/")[2].replace(".", "_")
        do = getattr(self, f"_do_{method}", None)
        return do(_params(call)) if do else told({"ok": False, "error": "unknown_method"})

    def _do_auth_test(self, params: dict[str, object]) -> Told:
        body = {"ok": True, "url": "https://shop.slack.com/", "team": "Shop", "user": "desk", "bot_id": "B19LU7CSY"}
        return told(body, x_oauth_scopes=self.scopes)

    def _do_chat_postMessage(self, params: dict[str, object]) -> Told:
        channel, text = params.get("channel"), params.get("text")
        if channel == "U2147483697":
            channel = "D024BE91L"
        if channel not in self.channels:
            return told({"ok": False, "error": "channel_not_found"})
        if not isinstance(text, str) or not text:
            return told({"ok": False, "error": "no_text"})
        if len(text) > LONGEST:
            return told({"ok": False, "error": "msg_too_long"})
        ts = self._number("1503435956.{:06d}")
        message = {"text": text, "bot_id": "B19LU7CSY", "type": "message", "subtype": "bot_message", "ts": ts}
        return told({"ok": True, "channel": channel, "ts": ts, "message": message})

    def _do_conversations_open(self, params: dict[str, object]) -> Told:
        if params.get("users") != "U2147483697":
            return told({"ok": False, "error": "user_not_found"})
        return told({"ok": True, "channel": {"id": "D024BE91L"}})

    def _do_files_getUploadURLExternal(self, params: dict[str, object]) -> Told:
        name, length = params.get("filename"), str(params.get("length", ""))
        if not name or not length.isdecimal() or length == "0":
            return told({"ok": False, "error": "invalid_arguments"})
        file_id = self._number("F{:08d}")
        self.uploads[file_id] = (str(name), int(length), None)
        return told({"ok": True, "upload_url": f"{self.url}/upload/v1/{file_id}", "file_id": file_id})

    def _do_files_completeUploadExternal(self, params: dict[str, object]) -> Told:
        files = params.get("files")
        listed = json.loads(files) if isinstance(files, str) else files
        for one in listed if isinstance(listed, list) else [{}]:
            if self.uploads.get(one.get("id", ""), ("", 0, None))[2] is None:
                return told({"ok": False, "error": "file_not_found"})
        if params.get("channel_id") not in self.channels:
            return told({"ok": False, "error": "channel_not_found"})
        self.shared.append(params)
        return told({"ok": True, "files": listed})

    def _do_files_info(self, params: dict[str, object]) -> Told:
        if params.get("file") != "F123ABC456":
            return told({"ok": False, "error": "file_not_found"})
        url = f"{self.url}/files-pri/T1-F123ABC456/plan.txt"
        return told({"ok": True, "file": {"id": "F123ABC456", "name": "plan.txt", "url_private_download": url}})

    def _upload(self, call: Call) -> Told:
        file_id = call.path.rpartition("/")[2]
        if file_id not in self.uploads or call.method != "POST":
            return Told(404)
        name, length, _ = self.uploads[file_id]
        if len(call.body) != length:
            return Told(400, b"length does not match")
        self.uploads[file_id] = (name, length, call.body)
        return Told(200, f"OK - {length}".encode())

    def _file(self, call: Call, known: bool) -> Told:
        """Give a file; without a token that may read it Slack shows its sign-in page."""
        if not known or "files:read" not in self.scopes:
            return Told(200, b"<!DOCTYPE html><title>Slack</title>", {"Content-Type": "text/html; charset=utf-8"})
        data = self.files.get(call.path.removeprefix("/files-pri/"))
        return Told(404) if data is None else Told(200, data, {"Content-Type": "application/pdf"})

    def _number(self, form: str) -> str:
        self._next_number += 1
        return form.format(self._next_number)


def _params(call: Call) -> dict[str, object]:
    if call.headers.get("content-type", "").startswith("application/json"):
        return sent(call)
    return dict(parse_qsl(call.body.decode()))
