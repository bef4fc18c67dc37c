"""/hooks/<connection>: verified and stored before the 2xx, refused clearly, nothing read beyond the cap."""

import hashlib
import hmac
import io
import json
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from channels.types import MAX_BODY
from router import connecting
from router.app import Heed
from router.connecting import NewConnection
from router.model import SYSTEM
from router.store import desk, measures
from router.store.audit import COMMAND
from router.web.hooks import MOST_DISCARDED, PIECE
from tests.a_desk import NOON

MESSAGE = json.dumps({"id": "m1", "from": {"id": "c1", "name": "Zoe"}, "text": "Where is my order?"}).encode()


@pytest.fixture
def shop(heed: Heed) -> Iterator[NewConnection]:
    with heed.database.read() as db:
        brand_id = desk.brands(db)[0].id
    yield connecting.add_connection(
        heed, COMMAND, SYSTEM, brand_id=brand_id, channel="api", name="Shop", settings={}, now=NOON
    )


def signed(body: bytes, secret: str) -> dict[str, str]:
    stamp = str(int(time.time()))
    mac = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Heed-Signature": f"t={stamp},v1={mac}", "Content-Type": "application/json"}


def post(app: Flask, shop: NewConnection, body: bytes = MESSAGE, **headers: str) -> TestResponse:
    return app.test_client().post(f"/hooks/{shop.key}", data=body, headers={**signed(body, shop.secret), **headers})


def stored(heed: Heed) -> int:
    with heed.database.read() as db:
        return measures.read(db).events_stored


class TestAccepting:
    def test_stores_a_signed_delivery_and_answers_2xx(self, app: Flask, heed: Heed, shop: NewConnection) -> None:
        answer = post(app, shop)
        assert 200 <= answer.status_code < 300, answer.text
        assert stored(heed) == 1

    def test_the_same_delivery_again_is_one(self, app: Flask, heed: Heed, shop: NewConnection) -> None:
        assert all(200 <= post(app, shop).status_code < 300 for _ in range(3))
        assert stored(heed) == 1

    def test_needs_no_cookie_no_token_and_no_origin(self, app: Flask, shop: NewConnection) -> None:
        answer = post(app, shop, Origin="https://elsewhere.example")
        assert 200 <= answer.status_code < 300
        assert "Set-Cookie" not in answer.headers

    def test_answers_2xx_while_the_broker_is_away(self, app: Flask, heed: Heed, shop: NewConnection) -> None:
        assert heed.background.waiting() is None
        assert 200 <= post(app, shop).status_code < 300

    def test_takes_both_secrets_while_one_is_replaced(self, app: Flask, heed: Heed, shop: NewConnection) -> None:
        fresh = connecting.rotate_secret(heed, COMMAND, shop.id, NOON)
        assert 200 <= post(app, shop).status_code < 300
        assert 200 <= post(app, fresh, MESSAGE + b" ").status_code < 300


class TestRefusing:
    def test_a_wrong_signature(self, app: Flask, heed: Heed, shop: NewConnection) -> None:
        headers = signed(MESSAGE, "another secret")
        answer = app.test_client().post(f"/hooks/{shop.key}", data=MESSAGE, headers=headers)
        assert answer.status_code in (401, 403)
        assert stored(heed) == 0

    @pytest.mark.parametrize("key", ["nobody", "", "..", "a" * 500, "%00", "\u06a9"])
    def test_a_key_that_does_not_exist(self, app: Flask, key: str) -> None:
        answer = app.test_client().post(f"/hooks/{key}", data=b"x")
        assert answer.status_code == 404
        assert answer.content_type == "application/problem+json"

    def test_another_method(self, app: Flask, shop: NewConnection) -> None:
        answer = app.test_client().delete(f"/hooks/{shop.key}")
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, POST"

    def test_a_body_over_the_cap_without_keeping_it(self, app: Flask, heed: Heed, shop: NewConnection) -> None:
        class Endless(io.BytesIO):
            """Sends more and more; whoever asks for all of it at once gets an error."""

            given = 0

            def read(self, size: int | None = -1, /) -> bytes:
                assert size is not None and 0 < size <= PIECE, "the body was read as a whole"
                self.given += size
                return b"x" * size

        body = Endless()
        environ = {"wsgi.input": body, "CONTENT_LENGTH": str(10**12)}
        answer = app.test_client().post(f"/hooks/{shop.key}", environ_overrides=environ)
        assert answer.status_code == 413
        assert stored(heed) == 0
        assert body.given <= MOST_DISCARDED

    @pytest.mark.parametrize(("size", "status"), [(MAX_BODY, (401, 403)), (MAX_BODY + 1, (413,))])
    def test_a_chunked_body_over_the_cap(
        self, app: Flask, shop: NewConnection, size: int, status: tuple[int, ...]
    ) -> None:
        environ = {"wsgi.input": io.BytesIO(b"x" * size), "wsgi.input_terminated": True}
        answer = app.test_client().post(f"/hooks/{shop.key}", environ_overrides=environ)
        assert answer.status_code in status

    def test_a_body_that_ends_early(self, app: Flask, heed: Heed, shop: NewConnection) -> None:
        environ = {"wsgi.input": io.BytesIO(b"x"), "CONTENT_LENGTH": "10"}
        assert app.test_client().post(f"/hooks/{shop.key}", environ_overrides=environ).status_code == 400
        assert stored(heed) == 0

    def test_a_compressed_body(self, app: Flask, shop: NewConnection) -> None:
        assert post(app, shop, **{"Content-Encoding": "gzip"}).status_code == 415

    def test_a_paused_connection_asks_to_come_back(self, app: Flask, heed: Heed, shop: NewConnection) -> None:
        connecting.pause(heed, COMMAND, shop.id, NOON, active=False)
        answer = post(app, shop)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0

    def test_a_database_that_is_away_is_503(self, app: Flask, heed: Heed, shop: NewConnection) -> None:
        assert 200 <= post(app, shop).status_code < 300
        with heed.database.write() as db:
            db.exec_driver_sql("ALTER TABLE inbound_event RENAME TO gone")
        answer = post(app, shop, MESSAGE + b" ")
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "inbound_event" not in answer.text
