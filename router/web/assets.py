"""Our own files for the browser: under an address that names their content, compressed once, loaded without detours.

All files share one release in their address, so that modules that import one another always come from the same one, and
a browser keeps them for ever. Answers made anew are compressed as they leave.
"""

import gzip
import io
import mimetypes
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, abort, request, url_for
from markupsafe import Markup

FOLDER = Path(__file__).parent / "static"
KEPT = "public, max-age=31536000, immutable"
ASKED_AGAIN = "no-cache"  # for an address of another release: a page that was open while Heed was upgraded
SMALLEST = 700  # bytes worth compressing
LEVEL = 5
PAD = 48  # at most so many bytes of noise in a compressed answer
TEXT = frozenset({"text/html", "text/css", "text/javascript", "application/json", "image/svg+xml", "text/csv"})
COMMENTS = re.compile(r"/\*.*?\*/|^\s*//[^\n]*$|^\s+", re.DOTALL | re.MULTILINE)  # and indentation
IMPORTS = re.compile(r"""^import\s[^;]*?["']\./([\w-]+\.js)["'];""", re.MULTILINE)

mimetypes.add_type("text/javascript", ".js")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, as it is and compressed."""

    body: bytes
    packed: bytes
    media_type: str
    imports: tuple[str, ...]  # modules it cannot start without


class Assets:
    """All files of the folder, read once."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _read(path) for path in sorted(folder.rglob("*")) if path.is_file()
        }
        whole = sha256()
        for name, asset in self._files.items():
            whole.update(name.encode() + asset.body)
        self.release = whole.hexdigest()[:12]

    def get(self, name: str) -> Asset | None:
        """Return a file by its name in the folder."""
        return self._files.get(name)

    def needed_by(self, entry: str) -> list[str]:
        """Return the modules that one imports, directly or through others, in the order they are met."""
        found = [entry]
        for name in found:  # grows as it goes
            asset = self._files.get(name)
            found += [one for one in (asset.imports if asset else ()) if one not in found]
        return found[1:]


def register(app: Flask) -> None:
    """Serve the files, give templates `script(…)`, and compress what is sent."""
    assets = Assets(FOLDER)
    app.extensions["heed.assets"] = assets

    @app.get("/static/<release>/<path:filename>", endpoint="static")
    def static(release: str, filename: str) -> Response:
        asset = assets.get(filename)
        if asset is None:
            abort(404)
        packed = _takes_gzip() and len(asset.packed) < len(asset.body)
        response = Response(asset.packed if packed else asset.body, content_type=f"{asset.media_type}; charset=utf-8")
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = KEPT if release == assets.release else ASKED_AGAIN
        return response

    def with_release(endpoint: str, values: dict[str, object]) -> None:
        if endpoint == "static":
            values.setdefault("release", assets.release)

    def script(entry: str) -> Markup:
        """Return the tags that load a module, with all it imports at once instead of one after another."""
        urls = [url_for("static", filename=name) for name in assets.needed_by(entry)]
        ahead = Markup("").join(Markup('<link rel="modulepreload" href="{}">\n').format(url) for url in urls)
        return ahead + Markup('<script type="module" src="{}"></script>').format(url_for("static", filename=entry))

    app.url_defaults(with_release)
    app.jinja_env.globals["script"] = script
    app.after_request(_pack)


def packed_for_a_page(body: bytes) -> bytes:
    """Return a body compressed, with noise of a random length in its header.

    A page holds words that are not for everyone beside words from its address; the noise keeps the length of the answer
    from telling how alike the two are.
    """
    buffer = io.BytesIO()
    noise = secrets.token_hex(PAD // 2)[: secrets.randbelow(PAD)]
    with gzip.GzipFile(noise, "wb", LEVEL, buffer, 0) as file:
        file.write(body)
    return buffer.getvalue()


def _pack(response: Response) -> Response:
    if response.is_streamed or response.direct_passthrough or response.mimetype not in TEXT:
        return response
    if response.status_code in (204, 206, 304) or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= SMALLEST and _takes_gzip():
        response.set_data(packed_for_a_page(body))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _takes_gzip() -> bool:
    return request.accept_encodings["gzip"] > 0


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    if path.suffix in (".js", ".css"):
        body = COMMENTS.sub("", body.decode()).encode()  # those are for who reads the source; half of a module is types
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    imports = tuple(IMPORTS.findall(body.decode())) if path.suffix == ".js" else ()
    return Asset(body, gzip.compress(body, 9, mtime=0), media_type, imports)
