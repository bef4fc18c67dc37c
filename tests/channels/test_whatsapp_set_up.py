"""WhatsApp: a number's webhook is set through the API, and what is wrong is said with its remedy."""

from collections.abc import Iterator

import pytest

from channels.errors import DeliveryFailed
from channels.types import Connection
from channels.whatsapp import adapter
from tests.channels.builders import SECRET
from tests.servers.meta import APP_SECRET, TOKEN
from tests.servers.whatsapp import ACCOUNT, NUMBER, WhatsAppServer


@pytest.fixture
def whatsapp() -> Iterator[WhatsAppServer]:
    with WhatsAppServer() as running:
        yield running


def a_number(whatsapp: WhatsAppServer, **settings: str) -> Connection:
    given = {"access_token": TOKEN, "phone_number_id": NUMBER, "app_secret": APP_SECRET, "base_url": whatsapp.url}
    return Connection("hook-key", "whatsapp", "Shop", {**given, **settings}, (SECRET,))


class TestSetUp:
    def test_points_the_number_here_and_then_all_is_well(self, whatsapp: WhatsAppServer) -> None:
        connection = a_number(whatsapp, business_account_id=ACCOUNT)
        adapter.set_up(connection, "https://desk.example/hooks/hook-key")
        hook = whatsapp.called(NUMBER)[0].fields["webhook_configuration"]
        assert hook == {"override_callback_uri": "https://desk.example/hooks/hook-key", "verify_token": SECRET}
        assert whatsapp.subscribed
        assert adapter.test(connection) == []

    def test_says_that_the_webhook_leads_elsewhere(self, whatsapp: WhatsAppServer) -> None:
        (problem,) = adapter.test(a_number(whatsapp))
        assert "elsewhere" in problem

    def test_says_that_no_app_is_subscribed(self, whatsapp: WhatsAppServer) -> None:
        adapter.set_up(a_number(whatsapp), "https://desk.example/hooks/hook-key")
        (problem,) = adapter.test(a_number(whatsapp, business_account_id=ACCOUNT))
        assert "subscribed" in problem

    def test_says_that_the_token_is_wrong_and_what_is_missing(self, whatsapp: WhatsAppServer) -> None:
        connection = Connection("k", "whatsapp", "Shop", {"access_token": "old", "base_url": whatsapp.url})
        secret, app_secret, token = adapter.test(connection)
        assert "webhook secret" in secret
        assert "app_secret" in app_secret
        assert "access token" in token

    def test_needs_a_secret_to_be_set_up(self, whatsapp: WhatsAppServer) -> None:
        bare = Connection("k", "whatsapp", "Shop", a_number(whatsapp).settings)
        with pytest.raises(DeliveryFailed, match="webhook secret"):
            adapter.set_up(bare, "https://desk.example/hooks/k")
        assert whatsapp.calls == []
