"""Examples of webhooks, and of what they are told."""

from api.http.openapi.examples.story import BRIEFING, CHANGED, MADE, SUMMARY
from schemas.webhooks import (
    BriefingChanged,
    BriefingWithdrawn,
    MadeWebhook,
    NewWebhook,
    Webhook,
    WithdrawnBriefing,
)

NEW = NewWebhook(url="https://desk.example/readout", events=["briefing.changed", "briefing.withdrawn"])
WEBHOOK = Webhook(
    id="wbh_5c1f0e2d3b4a6978",
    url=NEW.url,
    events=[*NEW.events],
    created_at=MADE,
    status="active",
    last_delivery_at=None,
    failures=0,
    last_error=None,
    next_attempt_at=None,
)
MADE_WEBHOOK = MadeWebhook(webhook=WEBHOOK, secret="whsec_Tm90QVJlYWxTZWNyZXRPbmx5QW5FeGFtcGxlMDAwMDA=")
TOLD = BriefingChanged(timestamp=CHANGED, data=SUMMARY)
TOLD_GONE = BriefingWithdrawn(timestamp=CHANGED, data=WithdrawnBriefing(id=BRIEFING))
