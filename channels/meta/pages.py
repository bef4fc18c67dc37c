"""Asks about a page's webhooks and sets them: Messenger's, and Instagram's by way of the page it is linked to.

Events come only if the app has a webhook for the product, and the page is subscribed to the app. Sources:
developers.facebook.com/docs/graph-api/reference/page/subscribed_apps, …/reference/app/subscriptions (not for Instagram:
…/messenger-platform/instagram/features/webhook).
"""

from channels import verify
from channels.errors import DeliveryFailed
from channels.meta import graph, hooks
from channels.payload import Fields
from channels.types import Connection

FIELDS = "messages,messaging_postbacks,message_deliveries,message_echoes,message_edits"  # of a page, for Messenger
ELSEWHERE = "The app's webhook leads elsewhere: one app serves one connection, so give this one an app of its own."


def problems(connection: Connection, product: str) -> list[str]:
    """Return what is wrong with the webhooks of a page. Raises DeliveryFailed if Meta does not say."""
    found = []
    page = graph.node(connection, "page_id")
    apps = graph.subscribed(connection, page)
    told = {field for app in apps for field in _list(app, "subscribed_fields")}
    if not apps:
        found.append("The page is not subscribed to the app: save the connection again.")
    elif told and "messages" not in told:
        found.append("The app is not told of the page's messages: save the connection again.")
    if connection.setting("app_id"):
        url = _callback(connection, product)
        if not url:
            found.append("The app has no webhook for this product: follow the connection's set-up steps.")
        elif not url.endswith(f"/hooks/{connection.key}"):
            found.append(ELSEWHERE)
    return found


def subscribe(connection: Connection) -> None:
    """Subscribe the page to the token's app. Raises DeliveryFailed."""
    graph.subscribe(connection, graph.node(connection, "page_id"), {"subscribed_fields": FIELDS})


def point_here(connection: Connection, product: str, url: str) -> None:
    """Give the app its webhook for a product, unless it has one. Raises DeliveryFailed if that one leads elsewhere."""
    if not (connection.setting("app_id") and verify.given(connection, "app_secret")):
        return
    held = _callback(connection, product)
    if held and held != url:
        raise DeliveryFailed(ELSEWHERE, permanent=True)
    hook = {"object": product, "callback_url": url, "fields": FIELDS, "verify_token": hooks.verify_token(connection)}
    graph.call(connection, "POST", _subscriptions(connection), json=hook, token=_app_token(connection), safe=True)


def _callback(connection: Connection, product: str) -> str:
    """Return where the app's webhook for a product leads, empty if it has none."""
    found = graph.call(connection, "GET", _subscriptions(connection), token=_app_token(connection), safe=True)
    hooks_ = [one for one in _list(found, "data") if isinstance(one, dict) and one.get("object") == product]
    return next((str(one.get("callback_url") or "") for one in hooks_), "")


def _subscriptions(connection: Connection) -> str:
    return f"{graph.node(connection, 'app_id')}/subscriptions"


def _app_token(connection: Connection) -> str:
    """Return the token of the app itself; source: developers.facebook.com/docs/facebook-login/guides/access-tokens."""
    secret = next(iter(verify.given(connection, "app_secret")), "")
    return f"{connection.setting('app_id').strip()}|{secret}"


def _list(fields: Fields, name: str) -> list[object]:
    value = fields.get(name)
    return value if isinstance(value, list) else []
