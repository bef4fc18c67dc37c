import json

import pytest

from router.cli import main
from router.simulation.comparing import IN_TURN, PEERS
from tests.simulation.test_days import FILE

DAY = ("--seeds", "1", "--agents", "8", "--processes", "1", "--facts", "B")


@pytest.fixture(scope="module")
def short(tmp_path_factory):
    """A desk file of one day."""
    path = tmp_path_factory.mktemp("desk") / "short.yaml"
    path.write_text(FILE.read_text("utf-8").replace("days: 3\n", "days: 1\n"), "utf-8")
    return str(path)


def test_compares_as_values(short, capsys):
    assert main(["simulate", "--compare", "--desk", short, *DAY, "--in-turn", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["facts"]["B"]["against"]) == {*PEERS, IN_TURN}
    got = told["facts"]["B"]["against"]["fifo_round_robin"]["frustrated_p90"]
    assert got["low"] <= got["mean"] <= got["high"]


def test_compares_as_a_table_and_draws(short, capsys, tmp_path):
    svg = tmp_path / "loads.svg"
    asked = ["simulate", "--compare", "--desk", short, *DAY, "--load", ".3", "--load", ".5", "--plot", str(svg)]
    assert main(asked) == 0
    assert "resolved at first contact" in capsys.readouterr().out
    assert svg.read_text("utf-8").startswith('<svg xmlns="http://www.w3.org/2000/svg"')


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--compare", "--facts", "Z"], "the desk file has A, B, C"),
        (["--compare", "--desk", "no.yaml"], "There is no file no.yaml"),
    ],
)
def test_says_what_is_wrong(asked, said, capsys):
    assert main(["simulate", *asked]) == 1
    assert said in capsys.readouterr().err
