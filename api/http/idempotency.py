"""`Idempotency-Key`: a request that is sent again gets the answer of the first time."""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from litestar import Request, Response
from msgspec import Struct, json
from sqlalchemy import Engine

from api.http.problems import (
    BAD_IDEMPOTENCY_KEY,
    IDEMPOTENCY_KEY_IN_USE,
    IDEMPOTENCY_KEY_REUSED,
    Refusal,
)
from store.errors import KeyInUse, KeyReused
from store.idempotency import claim_key, keep_answer, release_key

_KEY = re.compile(r"[!-~]{1,255}")
REPLAYED = "Idempotency-Replayed"


class Answer(Struct, frozen=True, kw_only=True):
    """An answer as it is sent, kept and sent again."""

    status: int
    headers: dict[str, str]
    body: bytes

    def response(self, **extra: str) -> Response[bytes]:
        headers = self.headers | extra
        return Response(self.body, media_type="application/json", status_code=self.status, headers=headers)


def accepted(shape: Struct, headers: Mapping[str, str]) -> Answer:
    return Answer(status=202, headers=dict(headers), body=json.encode(shape))


def once(
    request: Request[Any, Any, Any], database: Engine, meaning: object, act: Callable[[], Answer]
) -> Response[bytes]:
    """The answer of `act`, or the one that it gave to an earlier request with this key and this meaning.

    `meaning` is whatever of the request decides what it does. Failures are not kept. A key belongs to whoever
    sends it: callers with different keys do not meet. Raises Refusal.
    """
    given = request.headers.getall("Idempotency-Key", [])
    if not given:
        return act().response()
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        raise Refusal(BAD_IDEMPOTENCY_KEY, "Send `Idempotency-Key` once, with 1 to 255 printable characters.")
    caller = request.scope["state"].get("caller", "")
    key = _digest([caller, request.method, request.scope["path"], given[0]])
    try:
        claimed = claim_key(database, key, _digest(meaning))
    except KeyReused:
        detail = "This `Idempotency-Key` came with another request before: use a new one."
        raise Refusal(IDEMPOTENCY_KEY_REUSED, detail) from None
    except KeyInUse:
        detail = "A request with this `Idempotency-Key` is being carried out."
        raise Refusal(IDEMPOTENCY_KEY_IN_USE, detail, headers={"Retry-After": "1"}) from None
    if isinstance(claimed, bytes):
        return json.decode(claimed, type=Answer).response(**{REPLAYED: "true"})
    try:
        answer = act()
    except BaseException:
        release_key(database, key, claimed)
        raise
    keep_answer(database, key, claimed, json.encode(answer))
    return answer.response()


def _digest(value: object) -> str:
    return sha256(json.encode(value)).hexdigest()
