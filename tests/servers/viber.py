"""A local server that stands for Viber's REST bot API: it answers 200 with a status, and calls the webhook back.

Built from the documented requests, answers and error codes of developers.viber.com/docs/api/rest-bot-api/ (set_webhook,
send_message with #text-message, #picture-message, #video-message, #file-message; get_account_info).
"""

from tests.servers.outside import Found, Outside, is_link, nothing
from tests.servers.plain import Call, Told
from tests.servers.standin import JsonStandIn, sent, told

TOKEN = "445da6az1s345z78-dazcczb2542zv51a-e0vc5fva17480im9"
RECEIVER = "01234567890A+/b5fQ=="
LONGEST = 7000  # characters
LONGEST_NAME = 28
ENDINGS = {"picture": (".jpg", ".jpeg", ".png", ".gif"), "video": (".mp4",), "file": ("",)}  # of what media leads to


class ViberServer(JsonStandIn):
    """Stands for chatapi.viber.com, and at /media/ for the place where customers' files are.

    Files that it is to send are fetched from `outside`; `shown` are each one's message and content.
    """

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}  # name under /media/ -> bytes
        self.webhook = ""
        self.outside: Outside = nothing
        self.shown: list[tuple[dict[str, object], Found]] = []
        self._next_token = 5741311803571721087

    def answer(self, call: Call) -> Told:
        """Answer one call, its token checked."""
        if call.path.startswith("/media/"):
            data = self.files.get(call.path.removeprefix("/media/"))
            return Told(403) if data is None else Told(200, data, {"Content-Type": "image/jpeg"})
        if call.headers.get("x-viber-auth-token") != TOKEN:
            missing = "x-viber-auth-token" not in call.headers
            return told({"status": 2, "status_message": "missing_auth_token" if missing else "invalidAuthToken"})
        body = sent(call)
        if call.path == "/pa/send_message":
            return self._send(body)
        if call.path == "/pa/set_webhook":
            return self._set(body)
        if call.path == "/pa/get_account_info":
            about = {"status": 0, "status_message": "ok", "id": "pa:75346594275468546724", "name": "Shop"}
            return told({**about, "webhook": self.webhook, "event_types": ["delivered", "seen"]})
        return Told(404)

    def _send(self, body: dict[str, object]) -> Told:
        sender = body.get("sender")
        name = sender.get("name") if isinstance(sender, dict) else None
        if not body.get("receiver") or not isinstance(name, str) or not name:
            return told({"status": 4, "status_message": "missingData"})
        if not _fits(body) or len(name) > LONGEST_NAME:
            return told({"status": 3, "status_message": "badData"})
        if body["receiver"] != RECEIVER:
            return told({"status": 6, "status_message": "notSubscribed"})
        if body["type"] != "text":
            self.shown.append((body, self.outside(str(body["media"]))))
        self._next_token += 1
        return told({"status": 0, "status_message": "ok", "message_token": self._next_token, "chat_hostname": "S"})

    def _set(self, body: dict[str, object]) -> Told:
        url = body.get("url")
        if not isinstance(url, str) or not url.startswith("https://"):
            return told({"status": 1, "status_message": "invalidUrl"})
        self.webhook = url
        return told({"status": 0, "status_message": "ok", "event_types": body.get("event_types", [])})


def _fits(body: dict[str, object]) -> bool:
    kind, text, media, size = (body.get(name) for name in ("type", "text", "media", "size"))
    if kind == "text":
        return isinstance(text, str) and 0 < len(text) <= LONGEST
    if kind not in ENDINGS or not is_link(media) or not str(media).endswith(ENDINGS[str(kind)]):
        return False
    if kind == "picture":
        return isinstance(text, str)
    named = kind == "video" or (isinstance(body.get("file_name"), str) and body["file_name"] != "")
    return isinstance(size, int) and size > 0 and named
