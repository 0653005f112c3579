"""Every operation under generated requests, good and bad: the service keeps to its description."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from litestar import Litestar
from litestar.types import Receive, Scope, Send
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from api.app import create_app
from api.openapi import document
from api.settings import Settings
from tests.api.conftest import AUTHORIZED, KEY

_running: list[Litestar] = []


async def service(scope: Scope, receive: Receive, send: Send) -> None:
    """The described service; schemathesis wants to know it before there is a database."""
    await _running[0](scope, receive, send)


schema = schemathesis.openapi.from_dict(document(create_app(Settings())))
schema.app = service

# All checks of schemathesis run. Two are left out, each for answers of one kind alone:
# - `positive_data_acceptance`, because a description cannot say which strings are cursors that were given out, which
#   bytes are text, which keys came before, or which headers are entity tags (schemathesis strips the quotation marks that it would ask for);
# - `negative_data_rejection` of forms, because a number sent in a form is a text like any other.
BEYOND_A_SCHEMA = (
    "/problems/bad-cursor",
    "/problems/bad-etag",
    "/problems/idempotency-key-reused",
    "/problems/unreadable-document",
)


@pytest.fixture(scope="module", autouse=True)
def running(filled_url: str) -> None:
    _running.append(create_app(Settings(database_url=filled_url, auth="required", admin_key=KEY)))


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_keeps_to_its_description(case: schemathesis.Case[Any]) -> None:
    # Headers that are to be refused may be so for want of the key: it is not added to them.
    refused = case.meta is not None and case.meta.is_negative_at(ParameterLocation.HEADER)
    answer = case.call(headers={} if refused else AUTHORIZED)
    left_out: list[schemathesis.CheckFunction] = []
    if answer.status_code in (400, 422) and answer.json()["type"] in BEYOND_A_SCHEMA:
        left_out.append(positive_data_acceptance)
    if answer.status_code == 202 and case.media_type == "multipart/form-data":
        left_out.append(negative_data_rejection)
    case.validate_response(answer, excluded_checks=left_out)
