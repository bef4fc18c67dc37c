"""`web`, `worker`, `clock`: one process each."""

import sys
from argparse import ArgumentParser, Namespace

from router import clock as clock_process
from router import jobs, logs
from router.app import open_heed
from router.cli import crew
from router.cli.opening import checked, closing
from router.config import Config
from router.parent import follow_supervisor
from router.serve import Site, serve_web
from router.web import create_app


def web(parser: ArgumentParser) -> None:
    """Serve pages."""
    parser.epilog = "Example: PORT=8000 python -m router web"
    parser.set_defaults(run=_web)


def worker(parser: ArgumentParser) -> None:
    """Do jobs."""
    parser.epilog = "Example: python -m router worker --queue intake"
    parser.add_argument("--queue", choices=jobs.QUEUES, help="run this job queue alone, in this process")
    parser.set_defaults(run=_worker)


def clock(parser: ArgumentParser) -> None:
    """Wake what is due."""
    parser.epilog = "Example: python -m router clock\n\nAny number may run; one of them acts."
    parser.set_defaults(run=_clock)


def _web(_asked: Namespace) -> int:
    config = _start()

    def build() -> Site:
        heed = open_heed(config)
        return Site(create_app(config, heed), heed.notifier.stop)

    serve_web(config, build)
    return 0


def _worker(asked: Namespace) -> int:
    if asked.queue is None:
        checked()
        follow_supervisor()
        return crew.run([[sys.executable, "-m", "router", "worker", "--queue", name] for name in jobs.QUEUES])
    with closing(open_heed(_start())) as heed:
        jobs.work(heed, asked.queue)
    return 0


def _clock(_asked: Namespace) -> int:
    with closing(open_heed(_start())) as heed:
        clock_process.run(heed)
    return 0


def _start() -> Config:
    config = checked()
    logs.configure(config.log_level)
    follow_supervisor()
    return config
