"""Makes the pictures of docs/screenshots anew: `python -m tests.shots`. Needs Chromium and Valkey, as the tests do."""

import base64
import struct
import tempfile
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Browser, Page

from router.store.db import open_database
from router.store.migrate import migrate
from tests import tools
from tests.journeys.full_desk import Scene, a_full_desk
from tests.journeys.test_pages import a_context
from tests.servers import free_port
from tests.servers.chromium import running_browser
from tests.servers.valkey import running_valkey

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
MOST_BYTES = 150_000
ANSWER = (
    "Dear Evelyn,\n\nYou have had to write three times about one oven, and that is on us. I am arranging the refund now"
    " and will call you today before 17:00."
)


def _ticket(page: Page, site: str, scene: Scene) -> None:
    page.goto(f"{site}/tickets/{scene.of['oven']}")
    page.wait_for_selector("form#composer[data-begun]")
    page.fill("#text", ANSWER)
    page.evaluate("document.activeElement.blur()")


def _at(path: str) -> Callable[[Page, str, Scene], None]:
    def lead(page: Page, site: str, scene: Scene) -> None:
        page.goto(site + path)
        page.wait_for_load_state("networkidle" if path == "/keys" else "load")

    return lead


def _sent(page: Page, site: str, scene: Scene) -> None:
    page.goto(f"{site}/tickets/{scene.of['undo']}")
    page.wait_for_selector("form#composer[data-begun]")
    page.fill("#text", "Dear Dan,\n\nit left us this morning; you can follow it by the link below.")
    page.click("#send")
    page.wait_for_selector(".line.us .leaves")


def _found(page: Page, site: str, scene: Scene) -> None:
    page.goto(f"{site}/tickets/{scene.of['fridge']}")
    page.wait_for_selector("form#composer[data-begun]")
    page.fill("#q", "refund")
    page.wait_for_selector("#found-list")


FEWER_COLOURS = """async (base64) => {
  const image = await createImageBitmap(await (await fetch("data:image/png;base64," + base64)).blob());
  const { width, height } = image;
  const canvas = new OffscreenCanvas(width, height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const all = new Uint32Array(canvas.getImageData(0, 0, width, height).data.buffer);
  const times = new Map();
  for (const one of all) times.set(one, (times.get(one) ?? 0) + 1);
  const kept = [...times].sort((a, b) => b[1] - a[1]).slice(0, 256).map(([colour]) => colour);
  const parts = (c) => [c & 255, c >> 8 & 255, c >> 16 & 255];
  const near = new Map(kept.map((colour, at) => [colour, at]));
  for (const one of times.keys()) {
    if (near.has(one)) continue;
    const [r, g, b] = parts(one);
    let best = 0, least = Infinity;
    kept.forEach((colour, at) => {
      const [x, y, z] = parts(colour), far = (r - x) ** 2 + (g - y) ** 2 + (b - z) ** 2;
      if (far < least) (least = far), (best = at);
    });
    near.set(one, best);
  }
  let pixels = "";
  for (const one of all) pixels += String.fromCharCode(near.get(one));
  return { width, height, pixels: btoa(pixels), colours: kept.flatMap(parts) };
}"""
SHOTS: dict[str, tuple[Callable[[Page, str, Scene], None], str, str, str]] = {  # name -> lead, size, theme, language
    "inbox": (_ticket, "desk", "light", "en"),
    "inbox-dark": (_ticket, "desk", "dark", "en"),
    "inbox-phone": (_ticket, "phone", "light", "en"),
    "inbox-urdu": (_ticket, "desk", "light", "ur"),
    "waiting": (_at("/?tab=waiting"), "desk", "light", "en"),
    "sent": (_sent, "desk", "light", "en"),
    "found": (_found, "desk", "light", "en"),
    "wallboard": (_at("/wallboard"), "desk", "light", "en"),
}


def lighter(browser: Browser, picture: bytes) -> bytes:
    """Return a picture in its 256 most frequent colours, which a page of words hardly shows."""
    page = browser.new_page()
    found = page.evaluate(FEWER_COLOURS, base64.b64encode(picture).decode())
    page.close()
    wide, rows = found["width"], base64.b64decode(found["pixels"])
    lines = b"".join(b"\0" + rows[at : at + wide] for at in range(0, len(rows), wide))
    head = struct.pack(">IIBBBBB", wide, found["height"], 8, 3, 0, 0, 0)
    parts = [(b"IHDR", head), (b"PLTE", bytes(found["colours"])), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def make(folder: Path = FOLDER) -> None:
    """Make all pictures. Raises SystemExit for one that is too large."""
    program = tools.find("chromium")
    if program is None:
        raise SystemExit("Chromium is not here: “python -m tests.tools” gets it.")
    with tempfile.TemporaryDirectory() as kept, running_valkey() as valkey, running_browser(program) as browser:
        url = f"sqlite:///{kept}/heed.db"
        with closing(open_database(url)) as database:
            migrate(database)
        with a_full_desk(url, Path(kept), valkey, free_port()) as scene:
            for name, (lead, size, theme, language) in SHOTS.items():
                scene.at.do("UPDATE agent SET locale = :tag", tag=language)
                context = a_context(browser, scene.site, scene.at, scene.ana, size, theme)
                page = context.new_page()
                if size == "desk":
                    page.set_viewport_size({"width": 1240, "height": 740})
                lead(page, scene.site, scene)
                picture = page.screenshot(animations="disabled", caret="hide")
                context.close()
                picture = lighter(browser, picture)
                if len(picture) > MOST_BYTES:
                    raise SystemExit(f"{name}.png has {len(picture)} bytes; {MOST_BYTES} are the most.")
                (folder / f"{name}.png").write_bytes(picture)


if __name__ == "__main__":
    make()
