"""A call of a webhook's receiver: one POST, signed as Standard Webhooks has it.

A name is looked up before each call, and the call goes to an address that was looked at and to no other: what the name
says later does not count. Of an answer nothing is read but its status.
"""

import asyncio
import ssl
from datetime import UTC, datetime
from functools import cache

import httpx
from msgspec import Struct
from standardwebhooks import Webhook as Signer

from store.webhooks import Delivery
from worker.webhooks.addresses import NotCalled, Reach, resolved

TIMEOUT = 10.0
"""Seconds that a call may take in all."""
_GONE = 410


class Outcome(Struct, frozen=True):
    """`error`: why the call failed; None: it was taken. `gone`: the receiver wants nothing any more."""

    error: str | None = None
    gone: bool = False


def post(delivery: Delivery, reach: Reach, timeout: float = TIMEOUT) -> Outcome:
    """One call, which never raises."""
    now = datetime.now(UTC)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Readout",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Signer(delivery.secret).sign(delivery.id, now, delivery.body.decode()),
    }
    try:
        addresses = resolved(delivery.url, reach)
        status = asyncio.run(_status(httpx.URL(delivery.url), addresses, headers, delivery.body, timeout))
    except NotCalled as error:
        return Outcome(str(error))
    except TimeoutError:
        return Outcome(f"no answer within {timeout:g} s")
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return Outcome(_words(error))
    if status == _GONE:
        return Outcome(f"it answered {status}: it wants nothing any more", gone=True)
    return Outcome() if 200 <= status < 300 else Outcome(f"it answered {status}")


async def _status(
    url: httpx.URL, addresses: list[str], headers: dict[str, str], body: bytes, timeout: float
) -> int:
    """The status that the first address which can be reached answers with."""
    named = {**headers, "Host": url.netloc.decode("ascii")}
    beside = {"sni_hostname": url.host}
    # Neither proxies nor credentials of the environment: the call goes to the address that was looked at.
    async with (
        asyncio.timeout(timeout),
        httpx.AsyncClient(verify=_trust(), trust_env=False, timeout=None) as client,
    ):
        for last, address in ((one == addresses[-1], one) for one in addresses):
            there = url.copy_with(host=address)
            try:
                async with client.stream(
                    "POST", there, content=body, headers=named, extensions=beside
                ) as answer:
                    return answer.status_code
            except httpx.ConnectError:
                if last:
                    raise
    raise NotCalled("its name has no address")


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _words(error: BaseException) -> str:
    """What went wrong on the way, without a word of the receiver's."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "its certificate is not valid for its name, or not trusted"
        if isinstance(cause, ssl.SSLError):
            return "no secure connection could be made to it"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectError | httpx.InvalidURL):
        return "it could not be reached"
    return "the connection to it broke, or it did not answer in HTTP"
