"""Calls of other people's servers: only to addresses that may be called.

A name is looked up before each call, and the call goes to an address that was looked at and to no other: what the name
says later does not count. Redirects are not followed: whoever does calls again.
"""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache

import httpx

from worker import NotCalled
from worker.addresses import Reach, resolved

CALL_ERRORS = (httpx.HTTPError, httpx.InvalidURL, OSError)
"""What a call raises besides NotCalled and TimeoutError; `why_failed` tells it."""


@asynccontextmanager
async def called(
    method: str, url: str, reach: Reach, *, headers: Mapping[str, str], content: bytes | None = None
) -> AsyncIterator[httpx.Response]:
    """The answer of the first address that can be reached; its body is not read yet. Raises NotCalled, CALL_ERRORS."""
    addresses = resolved(url, reach)
    asked = httpx.URL(url)
    named = {**headers, "Host": asked.netloc.decode("ascii")}
    beside = {"sni_hostname": asked.host}
    async with AsyncExitStack() as stack:
        # Neither proxies nor credentials of the environment: the call goes to the address that was looked at.
        client = await stack.enter_async_context(
            httpx.AsyncClient(verify=_trust(), trust_env=False, timeout=None)
        )
        for last, address in ((one == addresses[-1], one) for one in addresses):
            there = asked.copy_with(host=address)
            try:
                answer = await stack.enter_async_context(
                    client.stream(method, there, content=content, headers=named, extensions=beside)
                )
            except httpx.ConnectError:
                if last:
                    raise
                continue
            yield answer
            return
    raise NotCalled("its name has no address")


@cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def why_failed(error: BaseException) -> str:
    """What went wrong on the way, without a word of the other side's."""
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
