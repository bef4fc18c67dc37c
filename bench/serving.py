"""Serves one of two sites with Heed's own server settings: `python -m bench.serving desk` or `bare`."""

import os
import sys

from flask import Flask

from router.config import load
from router.serve import Site, serve_web


def bare() -> Site:
    """Return the least that Flask can do: one route that answers with nothing."""
    app = Flask("bare")

    @app.route("/hooks/bare", methods=["POST"])
    def nothing() -> tuple[str, int]:
        return "", 200

    return Site(app, lambda: None)


if __name__ == "__main__":
    serve_web(load(os.environ), bare if sys.argv[1] == "bare" else None)
