"""All texts that the scanner is held to: what programs write, and what is odd, from the files in `quotes/`.

A block of such a file is `## name`, the text, `=>` and what is new in it; `=> all` stands for all of the text. Odd are
heads, answers below and between quotes, endings, and what must stay. All of it was written for this project.
"""

from pathlib import Path

from tests.channels.email.quotes_programs import PROGRAMMED, Case

FOLDER = Path(__file__).parent / "quotes"


def _read(path: Path) -> list[Case]:
    found = []
    for block in ("\n" + path.read_text(encoding="utf-8")).split("\n## ")[1:]:
        name, _, rest = block.partition("\n")
        text, _, new = rest.partition("\n=>")
        found.append(Case(f"{path.stem}: {name}", f"{text}\n", text if new.strip() == "all" else new.strip("\n")))
    return found


ODD = tuple(case for path in sorted(FOLDER.glob("*.txt")) for case in _read(path))
CASES = PROGRAMMED + ODD
