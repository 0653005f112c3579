"""Figures of the service, for Prometheus to scrape."""

from litestar import Response, get
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from api.http.metrics import exposition
from api.http.responses import Work


@get("/metrics", include_in_schema=False, sync_to_thread=True, opt={"scope": ()})
def metrics(work: Work) -> Response[bytes]:
    """Of this process and of all workers. Takes any key; docs/operations.md tells the figures."""
    return Response(
        exposition(work), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"}
    )


handlers = [metrics]
