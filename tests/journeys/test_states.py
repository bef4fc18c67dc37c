"""Every state a page can be in, looked at in both themes and both directions: whole, legible, nothing cut or covered.

Each state leaves a picture under .tools/states, for people to look at. An offer with its
countdown has a walk of its own, tests/journeys/test_offers.py.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.full_desk import Scene, a_full_desk
from tests.journeys.stage import DIRECTIONS, Stage
from tests.journeys.states import QUIET, STATES
from tests.servers import free_port
from tests.servers.valkey import empty

pytestmark = pytest.mark.browser

PAGES = {
    name: STATES[name] for name in ("inbox", "ticket", "composer", "long", "wallboard", "report", "settings-people")
}
SIZES = {"narrow": (1000, 800), "phone": (390, 844), "zoomed": (700, 430)}  # zoomed: 1,400 by 860 at 200 %


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, _migrated_sqlite: Path, _valkey_server: str) -> Iterator[Scene]:
    """A desk with all there is to see."""
    folder = tmp_path_factory.mktemp("states")
    (folder / "heed.db").write_bytes(_migrated_sqlite.read_bytes())
    empty(_valkey_server)
    with a_full_desk(f"sqlite:///{folder / 'heed.db'}", folder, _valkey_server, free_port()) as scene:
        yield scene


@pytest.mark.timeout(400)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_every_state_is_whole_in_both_themes(browser: Browser, scene: Scene, direction: str) -> None:
    on = Stage(browser, scene, direction)
    for window, states in zip(on.windows, (STATES, QUIET), strict=True):
        on.watched = window
        for name, lead in states.items():
            on.take(name, lead)
    on.close()
    assert not on.faults, "\n".join(on.faults)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_pages_are_whole_at_every_width_and_zoom(browser: Browser, scene: Scene, direction: str) -> None:
    on = Stage(browser, scene, direction)
    for size, (width, height) in SIZES.items():
        on.page.set_viewport_size({"width": width, "height": height})
        for name, lead in PAGES.items():
            on.take(f"{name}-{size}", lead, shape=True)
    on.close()
    assert not on.faults, "\n".join(on.faults)
