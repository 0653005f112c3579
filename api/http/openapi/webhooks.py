"""What is posted to webhooks, as OpenAPI writes it. `worker.webhooks.receivers` posts it."""

from inspect import cleandoc

from api.http.openapi.components import Json, schema_of
from api.http.openapi.examples import example_of
from schemas.webhooks import BriefingChanged, BriefingWithdrawn

_MORE = (
    "Answer with 2xx within ten seconds, whatever the body; then work on it. Anything else is tried again, with the "
    "same `webhook-id`, over three days. 410 disables the webhook."
)
TOLD = (BriefingChanged, BriefingWithdrawn)
_SUMMARIES = {BriefingChanged: "A briefing changed", BriefingWithdrawn: "A briefing was withdrawn"}
_HEADERS = {
    "webhook-id": (
        "Id of the event, the same for each try: drop what you have had.",
        {"type": "string", "pattern": "^msg_[0-9a-f]{24}$", "examples": ["msg_0b9c8d1e2f3a4b5c6d7e8f90"]},
    ),
    "webhook-timestamp": (
        "When this try was made, in seconds since 1970. Refuse what is older than five minutes.",
        {"type": "string", "pattern": "^[0-9]+$", "examples": ["1931254200"]},
    ),
    "webhook-signature": (
        "`v1,` and the base64 of the HMAC-SHA256, with the secret, of `webhook-id`, `webhook-timestamp` and the body "
        "as it came, joined by full stops. Several are separated by spaces: one that matches is enough.",
        {
            "type": "string",
            "pattern": "^v1,[0-9A-Za-z+/]{43}=( v1,[0-9A-Za-z+/]{43}=)*$",
            "examples": ["v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="],
        },
    ),
}


def webhooks() -> Json:
    """An entry an event, by its type."""
    return {str(told.__struct_config__.tag): {"post": _post(told)} for told in TOLD}


def _post(told: type[BriefingChanged] | type[BriefingWithdrawn]) -> Json:
    return {
        "operationId": f"tell_{str(told.__struct_config__.tag).replace('.', '_')}",
        "tags": ["webhooks"],
        "summary": _SUMMARIES[told],
        "description": f"{cleandoc(told.__doc__ or '')}\n\n{_MORE}",
        "parameters": [
            {"name": name, "in": "header", "description": description, "required": True, "schema": schema}
            for name, (description, schema) in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema_of(told), "example": example_of(told)}},
        },
        "responses": {
            "204": {"description": "You have it. Any 2xx will do."},
            "410": {"description": "You want nothing any more: the webhook is disabled."},
        },
        "security": [],
    }
