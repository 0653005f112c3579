"""An app of no setting, and its description: made once, as each takes seconds."""

from api.http.app import create_app
from api.http.openapi import document
from api.settings import Settings

APP = create_app(Settings())
DESCRIBED = document(APP)
