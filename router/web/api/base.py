"""The blueprint every part of the API adds its routes to."""

from flask import Blueprint

from router.web.api.ticket_json import PREFIX
from router.web.api.typed import Api

bp = Blueprint("api", __name__, url_prefix=PREFIX)
api = Api(bp)
