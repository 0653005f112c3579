"""How often a caller may ask. Processes share the count through the database and lease it in blocks."""

import asyncio
import math
import time
from collections import OrderedDict

from litestar.concurrency import sync_to_thread
from msgspec import Struct
from sqlalchemy import Engine

from api.http.problems import TOO_MANY_REQUESTS, Refusal
from pipeline.extraction.settings import per_seconds
from store.keys import lease

_BLOCKS = 50  # a window's worth of requests is leased in about as many blocks
_CALLERS = 10_000  # whose leases a process remembers


class _Account(Struct):
    """What this process holds for a caller. `held` requests are good until `until` (monotonic seconds)."""

    turn: asyncio.Lock
    held: int = 0
    left: int = 0
    until: float = 0.0
    refused_until: float = 0.0


class Limits:
    """`rate`: such as `600/minute`."""

    def __init__(self, engine: Engine, rate: str) -> None:
        self._engine = engine
        self._count, self._seconds = per_seconds(rate)
        self._accounts: OrderedDict[str, _Account] = OrderedDict()
        self.policy = f'"default";q={self._count};w={self._seconds}'

    async def take(self, caller: str) -> dict[str, str]:
        """Counts a request of the caller, and gives the headers that tell what is left. Raises Refusal."""
        account = self._account(caller)
        if not account.held or time.monotonic() > account.until:
            async with account.turn:
                await self._renew(caller, account)
        if not account.held:
            wait = max(1, math.ceil(account.refused_until - time.monotonic()))
            raise Refusal(
                TOO_MANY_REQUESTS,
                f"There were more than {self._count:,} requests in {self._seconds:,} s: wait {wait} s.",
                headers={"Retry-After": str(wait)} | self._headers(0),
            )
        account.held -= 1
        return self._headers(account.held + account.left)

    async def _renew(self, caller: str, account: _Account) -> None:
        now = time.monotonic()
        if (account.held and now <= account.until) or now < account.refused_until:
            return  # another request did it while this one waited
        unused, account.held = account.held, 0
        leased = await sync_to_thread(
            lease,
            self._engine,
            caller,
            count=self._count,
            seconds=self._seconds,
            wanted=max(1, self._count // _BLOCKS),
            returned=unused,
        )
        account.held, account.left = leased.granted, leased.left
        account.until = time.monotonic() + max(1.0, self._seconds / 10)
        account.refused_until = time.monotonic() + leased.wait

    def _account(self, caller: str) -> _Account:
        account = self._accounts.get(caller)
        if account is None:
            account = self._accounts[caller] = _Account(turn=asyncio.Lock())
            if len(self._accounts) > _CALLERS:
                self._accounts.popitem(last=False)
        self._accounts.move_to_end(caller)
        return account

    def _headers(self, remaining: int) -> dict[str, str]:
        full = math.ceil((self._count - remaining) * self._seconds / self._count)
        return {"RateLimit-Policy": self.policy, "RateLimit": f'"default";r={remaining};t={full}'}
