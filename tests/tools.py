"""Gets the two programs that tests need and pip cannot install: Chromium and Dovecot.

`python -m tests.tools`: what is on this machine is used; root installs the rest with apt; an ordinary user gets
Chromium unpacked under .tools/, and is told which tests are skipped for what cannot be had so. With CI set, anything
missing is an error. `find` is what the tests ask.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent / ".tools"
PLACES = ("/usr/sbin", "/usr/local/sbin")  # not on everybody's PATH


class Unobtainable(Exception):
    """A program cannot be had here; the message says why."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, the names it goes by, and where Debian keeps it."""

    name: str
    known_as: tuple[str, ...]  # the first is what is got
    packages: tuple[str, ...]
    skipped: str  # what is not tested without it
    unpacked: str | None = None  # its file inside the package, if it also runs from a folder of ours
    instead: "Tool | None" = None  # what is got where this one cannot be


WITH_WINDOWS = Tool(
    "chromium",
    ("chromium", "chromium-browser", "google-chrome"),
    ("chromium", "fonts-dejavu-core"),
    "every test marked “browser”: the pages as people see them",
    unpacked="usr/lib/chromium/chromium",
)
TOOLS = (
    Tool(
        "chromium",
        ("chromium-headless-shell", *WITH_WINDOWS.known_as),  # the same pages at a quarter of the CPU
        ("chromium-headless-shell", "fonts-dejavu-core"),
        WITH_WINDOWS.skipped,
        unpacked="usr/lib/chromium/chromium-headless-shell",
        instead=WITH_WINDOWS,
    ),
    Tool(
        "dovecot",
        ("dovecot",),
        ("dovecot-imapd",),
        "every test marked “imap”: fetching from a real mailbox",
    ),
)


def find(name: str) -> Path | None:
    """Return where a tool is, None if it is not on this machine."""
    tool = next(tool for tool in TOOLS if tool.name == name)
    return next(filter(None, map(_on_path, tool.known_as)), None)


def _on_path(known: str) -> Path | None:
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *PLACES, str(ROOT / "bin")])
    found = shutil.which(known, path=path)
    return Path(found) if found else None


def main() -> int:
    """Get what is missing; say what is skipped without it. 1 if something is missing and CI is set."""
    get = _install if os.geteuid() == 0 else _unpack
    missing = 0
    for tool in TOOLS:
        best = _on_path(tool.known_as[0]) is not None
        reason = _get(tool, get) if not best and (get is _install or find(tool.name) is None) else None
        if reason is not None and find(tool.name) is None:
            missing += 1
            by_hand = f"sudo apt-get install {' '.join(tool.packages)}"
            print(
                f"{tool.name}: {reason}\n  Skipped without it: {tool.skipped}.\n  By hand: {by_hand}", file=sys.stderr
            )
    return 1 if missing and os.environ.get("CI") else 0


def _get(tool: Tool, get: Callable[[Tool], None]) -> str | None:
    if shutil.which("apt-get") is None:
        return f"this is {platform.system()} without apt-get: install it yourself."
    print(f"Getting {tool.name} …", flush=True)
    try:
        get(tool)
    except Unobtainable as error:
        if tool.instead is None or find(tool.name) is not None:
            return str(error)
        return _get(tool.instead, get)
    return None if find(tool.name) else "it was installed, but is still not found."


def _install(tool: Tool) -> None:
    """Install as root. The lists are fetched first: on a new machine there are none."""
    if not (ROOT / "updated").exists():
        _run("apt-get", "update", "-q")
        ROOT.mkdir(exist_ok=True)
        (ROOT / "updated").touch()
    _run("apt-get", "install", "-qy", "--no-install-recommends", *tool.packages)


def _unpack(tool: Tool) -> None:
    """Unpack the packages this machine lacks into .tools/root, and write a script that starts the program there."""
    if tool.unpacked is None:
        raise Unobtainable("its packages only run where root installed them.")
    state, archives = ROOT / "apt", ROOT / "debs"
    (state / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    apt = ("apt-get", "-q", "-o", f"Dir::State::Lists={state}/lists", "-o", f"Dir::Cache={state}",
           "-o", "Debug::NoLocking=true", "-o", f"Dir::Cache::Archives={archives}")  # fmt: skip
    _run(*apt, "update")
    plan = _run(*apt, "install", "-y", "--no-install-recommends", "--print-uris", *tool.packages)
    names = [line.split()[1].split("_")[0] for line in plan.splitlines() if line.startswith("'")]
    _run(*apt, "download", *names, cwd=archives)
    for package in archives.glob("*.deb"):
        _run("dpkg", "-x", package, ROOT / "root")
        package.unlink()
    libraries = sorted({str(path.parent) for path in (ROOT / "root").rglob("*.so*")})
    fonts = "" if Path("/etc/fonts/fonts.conf").exists() else f"export FONTCONFIG_SYSROOT='{ROOT}/root'\n"
    starter = ROOT / "bin" / tool.known_as[0]
    starter.parent.mkdir(exist_ok=True)
    starter.write_text(
        f"#!/bin/sh\nexport LD_LIBRARY_PATH='{':'.join(libraries)}'\n{fonts}exec '{ROOT}/root/{tool.unpacked}' \"$@\"\n"
    )
    starter.chmod(0o755)


def _run(*command: str | Path, cwd: Path | None = None) -> str:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, env=quiet, cwd=cwd
    )
    if done.returncode:
        raise Unobtainable(f"{' '.join(map(str, command[:2]))} failed: {done.stderr.strip()[-300:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
