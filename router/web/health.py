"""What whoever runs Heed asks: is the process up, does it take work, how much of it is there."""

from ipaddress import ip_address

from flask import Blueprint, Flask, Response, jsonify, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from router import measuring, tokens
from router.tokens import TokenRefused
from router.web.audience import audience
from router.web.problems import problem
from router.web.proxies import DIRECT
from router.web.security import heed_of, now

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

bp = Blueprint("health", __name__)


def register(app: Flask) -> None:
    """Add these pages."""
    app.register_blueprint(bp)


@bp.get("/healthz")
@audience("public")
def healthz() -> Response:
    """Say that the process is up."""
    return Response("ok\n", content_type="text/plain; charset=utf-8")


@bp.get("/readyz")
@audience("public")
def readyz() -> tuple[Response, int]:
    """Say whether the database takes a write; the rest is told to loopback and tokens alone."""
    heed = heed_of()
    ready = measuring.is_ready(heed, now())
    told: dict[str, object] = {"ready": ready}
    if _may_see_inside(ready):
        waiting = heed.background.waiting()
        told["database"] = "ok" if ready else "does not take writes"
        told["broker"] = "ok" if waiting is not None else "degraded: does not answer; jobs wait for the clock's sweep"
        told["jobs"] = waiting or {}
        told["degraded"] = waiting is None
    return jsonify(told), 200 if ready else 503


@bp.get("/metrics")
@audience("public")
def metrics() -> Response:
    """Tell Prometheus what is going on, as numbers without names."""
    if not _may_see_inside(True):
        return problem(401, "Ask from this host, or with a bearer token.", headers={"WWW-Authenticate": "Bearer"})
    heed = heed_of()
    registry = CollectorRegistry()
    found = measuring.measure(heed)
    tickets = Gauge("heed_tickets", "Tickets by state; counted up to a limit.", ["state"], registry=registry)
    for state, count in found.tickets.items():
        tickets.labels(state).set(count)
    Gauge("heed_events_stored", "Deliveries not read yet.", registry=registry).set(found.events_stored)
    Gauge("heed_events_not_understood", "Deliveries set aside.", registry=registry).set(found.events_not_understood)
    Gauge("heed_replies_waiting", "Replies on their way.", registry=registry).set(found.replies_waiting)
    Gauge("heed_agents_online", "Agents who take work now.", registry=registry).set(found.agents_online)
    waiting = heed.background.waiting()
    Gauge("heed_broker_up", "1 while the broker answers.", registry=registry).set(waiting is not None)
    jobs = Gauge("heed_jobs_waiting", "Jobs by queue.", ["queue"], registry=registry)
    for name, count in (waiting or {}).items():
        jobs.labels(name).set(count)
    return Response(generate_latest(registry), content_type=METRICS_TYPE)


def _may_see_inside(database_answers: bool) -> bool:
    """Say whether the asker sits on this host with no proxy between, or holds a token."""
    if request.environ.get(DIRECT) and _is_loopback(request.environ.get("REMOTE_ADDR", "")):
        return True
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if not database_answers or kind.lower() != "bearer":
        return False
    try:
        return bool(tokens.scope_of_token(heed_of(), token.strip(), "", now()))
    except TokenRefused:
        return False


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
