"""Where an answer leads: operations that take what it gave, as links of the description."""

from typing import Any

_ANSWER = "$response.body#"
_JOB = [
    ("get_job", "Where the job stands."),
    ("listen_to_job", "What happens to the job, as it happens."),
]
_DOCUMENT = [
    ("get_document", "What is known of the document."),
    ("get_document_text", "The document's text."),
    ("get_document_readout", "What was read out of the document, once the job is done."),
]
_BRIEFING = [
    ("get_briefing", "The whole briefing."),
    ("list_briefing_revisions", "The briefing's revisions."),
]


def _to(targets: list[tuple[str, str]], parameter: str, pointer: str) -> dict[str, Any]:
    return {
        operation: {
            "operationId": operation,
            "parameters": {parameter: f"{_ANSWER}{pointer}"},
            "description": description,
        }
        for operation, description in targets
    }


_CARRIER = [("get_briefing", "The briefing that carries the first one.")]
_CANCEL = ("cancel_job", "Stop the job.")
_RETRY = ("retry_job", "Queue the job again.")
_KEY = [("get_key", "What is known of the key."), ("revoke_key", "End the key.")]
_WEBHOOK = [
    ("get_webhook", "The webhook, and how its deliveries go."),
    ("resume_webhook", "Go on with it."),
    ("delete_webhook", "Tell it nothing any more."),
]
LINKS: dict[str, dict[str, Any]] = {
    "add_document": _to([*_JOB, _CANCEL], "job_id", "/job_id")
    | _to(_DOCUMENT, "document_id", "/document_id"),
    "retry_job": _to([*_JOB, _CANCEL], "job_id", "/id"),
    "cancel_job": _to([_JOB[0], _RETRY], "job_id", "/id"),
    "get_job": _to(_DOCUMENT, "document_id", "/document_id")
    | _to(_BRIEFING[:1], "id_or_slug", "/briefing_ids/0"),
    "list_jobs": _to(_JOB, "job_id", "/items/0/id"),
    "list_briefings": _to(_BRIEFING, "id_or_slug", "/items/0/id"),
    "get_briefing": _to(
        [_BRIEFING[1], ("diff_briefing_revisions", "What the last revision changed.")], "id_or_slug", "/id"
    )
    | _to(_DOCUMENT[:2], "document_id", "/sources/0/document_id"),
    "withdraw_document": _to(_DOCUMENT[:1], "document_id", "/id"),
    "create_key": _to(_KEY, "key_id", "/id"),
    "search": _to(_CARRIER, "id_or_slug", "/items/0/briefing_id"),
    "list_changes": _to(_CARRIER, "id_or_slug", "/items/0/briefing_id"),
    "get_digest": _to([("get_briefing", "The briefing that changed last.")], "id_or_slug", "/briefings/0/id"),
    "create_webhook": _to(_WEBHOOK, "webhook_id", "/webhook/id"),
    "list_webhooks": _to(_WEBHOOK, "webhook_id", "/items/0/id"),
    "list_keys": _to(_KEY, "key_id", "/items/0/id"),
} | {
    f"list_{facts}": _to(_CARRIER, "id_or_slug", "/items/0/briefing_id")
    for facts in ("delegates", "stakes", "deadlines", "figures", "statements", "events", "conflicts")
}
"""By the operation whose answer it is. A link whose value is not there leads nowhere yet."""
