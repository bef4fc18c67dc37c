"""A local server that stands for Instagram messaging by way of a page.

Sources: developers.facebook.com/documentation/business-messaging/instagram-messaging (features/send-message,
features/attachment-upload) and …/instagram-platform/instagram-api-with-instagram-login/messaging-api (1000 bytes).
"""

from tests.servers.messenger import MessengerServer
from tests.servers.meta import GraphCall, result
from tests.servers.plain import Told

ACCOUNT = "17841405822304914"
MAX_BYTES = 1000


class InstagramServer(MessengerServer):
    """The Send API of one professional account."""

    product = "instagram"

    def about(self, call: GraphCall) -> Told:
        """Return what is told of the page: the account it is linked to."""
        if call.path == "me":
            return result({"user_id": ACCOUNT, "username": "shop"})
        return result({"instagram_business_account": {"id": ACCOUNT}, "id": self.page})

    def too_long(self, text: str) -> bool:
        """Say whether a text is longer than one message may be."""
        return len(text.encode()) > MAX_BYTES or len(text) >= 1000
