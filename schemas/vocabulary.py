r"""The words that facts are written in: closed sets as `Literal`, growing ones as annotated strings.

A growing vocabulary is published as `x-extensible-enum`: clients must accept values they do not know.
Codes are checked against the standards they come from: ISO 3166-1, ISO 4217, a subset of UCUM.
Patterns end with `\Z`, for Python's `$` lets a line break after it through; the OpenAPI document has `$`.
`Known…` are the same words where the service tells them itself: they are documented by a pattern and not matched by it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal, get_args

import pycountry
from msgspec import Meta


def known(pattern: str, extra_json_schema: Mapping[str, Any] | None = None, **told: Any) -> Any:
    """`Meta` of what the service tells by itself. A body has hundreds: they are not matched when it is read."""
    return Meta(**told, extra_json_schema={**(extra_json_schema or {}), "pattern": pattern})


def _open(description: str, *words: str, meta: Callable[..., Any] = Meta) -> Any:
    """A string vocabulary that may grow: its known words are documented, not enforced."""
    return meta(
        pattern=r"^[a-z][a-z0-9_.]*\Z",
        description=f"{description} The list may grow: accept words you do not know.",
        examples=list(words[:1]),
        extra_json_schema={"x-extensible-enum": list(words)},
    )


def known_words(vocabulary: Any) -> tuple[str, ...]:
    """The words of a growing vocabulary that this version knows."""
    words: list[str] = get_args(vocabulary)[1].extra_json_schema["x-extensible-enum"]
    return tuple(words)


TOPICS = (
    "tariffs", "critical_minerals.rare_earths", "export_controls.technology", "export_controls.licensing",
    "market_access.agriculture", "market_access.goods", "services_digital", "investment", "subsidies",
    "procurement", "trade_remedies", "rules_of_origin", "standards_sps_tbt", "sanctions", "people_mobility",
    "implementation", "supply_chain", "purchases", "intellectual_property", "energy", "labour_environment",
    "currency", "security", "dispute_settlement", "relations", "domestic_economy", "other",
)  # fmt: skip
DEADLINE_KINDS = (
    "measure_expiry", "entry_into_force", "meeting", "signing", "ratification", "data_release", "review",
    "target", "ultimatum", "other",
)  # fmt: skip
MEASURES = (
    "tariff_rate", "tariff_change", "trade_value", "trade_volume", "growth_rate", "share", "price_change",
    "duration", "count", "commitment", "quota", "balance", "investment", "purchase", "fee", "other",
)  # fmt: skip
FIGURE_STATUSES = (
    "actual", "estimated", "forecast", "threatened", "proposed", "agreed", "claimed", "in_force", "suspended",
    "withdrawn", "target",
)  # fmt: skip
REGIONS = ("body", "headline", "deck", "caption", "byline", "promo", "boilerplate")
DEADLINE_STATUSES = ("pending", "met", "missed", "extended", "superseded", "unknown")
OPEN_DEADLINES = ("pending", "unknown")
"""Statuses of what still falls due on its day, or may."""
NEGOTIATION_STATUSES = (
    "announced", "scheduled", "in_progress", "concluded", "agreed_in_principle", "signed", "in_force",
    "suspended", "lapsed", "unknown",
)  # fmt: skip
STAGES = ("exploratory", "negotiation", "conclusion", "implementation", "review", "dispute", "unknown")
CAPACITIES = ("negotiator", "leader", "official")

Topic = Annotated[str, _open("What is on the table; `parent.child` narrows a topic.", *TOPICS)]
DeadlineKind = Annotated[str, _open("What falls due.", *DEADLINE_KINDS)]
DeadlineStatus = Annotated[str, _open("Where the deadline stands.", *DEADLINE_STATUSES)]
ConditionKind = Annotated[
    str, _open("What the deadline depends on.", "unless_deal", "unless_extended", "other")
]
Measure = Annotated[str, _open("What kind of quantity it is.", *MEASURES)]
FigureStatus = Annotated[
    str,
    _open(
        "How firm the value is: `actual` is what is or was so, `in_force` a rule that applies now, `suspended` one "
        "that is paused, `withdrawn` one that was given up, `target` what a side aims at.",
        *FIGURE_STATUSES,
    ),
]
EventStatus = Annotated[
    str,
    _open("Whether it has happened.", "scheduled", "in_progress", "occurred", "postponed", "cancelled"),
]
NegotiationStatus = Annotated[str, _open("Where the talks stand.", *NEGOTIATION_STATUSES)]
Stage = Annotated[
    str,
    _open(
        "What the sides do with each other: `exploratory` before talks, `negotiation`, `conclusion` of a deal, "
        "`implementation` or `review` of one, `dispute` over measures without talks.",
        *STAGES,
    ),
]
Capacity = Annotated[
    str,
    _open(
        "As what a person takes part: `negotiator` conducts the talks, `leader` is a head of state or government, "
        "`official` speaks or acts for the side.",
        *CAPACITIES,
    ),
]
SentenceAbout = Annotated[
    str,
    _open(
        "What a sentence of the summary tells: what was decided or is on the table, what the sides want, what falls "
        "due, on what sources disagree, or what there is to know besides.",
        "outcome", "stakes", "next", "dispute", "background",
    ),
]  # fmt: skip
WrittenBy = Annotated[
    str,
    _open(
        "Who wrote it: a `model`, whose words code has checked, the `rules` of a language, or an `editor`.",
        "model",
        "rules",
        "editor",
    ),
]
SourceKind = Annotated[
    str,
    _open(
        "What sort of publication it is.",
        "official", "joint_statement", "wire", "news", "rewrite", "think_tank", "unknown",
    ),
]  # fmt: skip
DocumentStatus = Annotated[
    str,
    _open(
        "Whether a document counts: it is `waiting` until it has been read, `refused` where there was nothing to read, "
        "`replaced` by what its address gave later, or `withdrawn`.",
        "current", "waiting", "refused", "replaced", "withdrawn",
    ),
]  # fmt: skip
NoteKind = Annotated[
    str,
    _open(
        "What a note tells of: a `correction`, a `withdrawal`, or an `update`.",
        "correction", "withdrawal", "update",
    ),
]  # fmt: skip
NoiseKind = Annotated[
    str,
    _open(
        "What stands in place of a document.",
        "paywall", "login", "consent", "script_required", "not_found", "server_error", "access_denied", "link_list",
        "placeholder", "no_results", "auto_reply", "confirmation",
    ),
]  # fmt: skip
Region = Annotated[str, _open("The part of the page that the evidence stands in.", *REGIONS, meta=known)]
ConflictKind = Annotated[
    str, _open("What the sources disagree on.", "value", "attribution", "scope", "omission")
]

Level = Literal["leaders", "ministerial", "technical", "unknown"]
Certainty = Literal["confirmed", "reported", "claimed", "disputed"]
Proof = Literal["full", "quoted"]
Head = Literal["sole", "joint", "not_stated", "disputed"]
Comparator = Literal["eq", "approx", "gt", "gte", "lt", "lte", "range"]
Direction = Literal["up", "down", "level"]
Precision = Literal["day", "week", "month", "quarter", "year", "unknown"]
Basis = Literal["explicit", "relative", "cross_source", "unresolved"]
BriefingStatus = Literal["draft", "published", "withdrawn"]
Verdict = Literal["accepted", "rejected", "corrected"]
ConflictVerdict = Literal["settled", "reopened"]
TextVerdict = Literal["edited", "returned"]
ReviewVerdict = Literal[
    "added", "accepted", "rejected", "corrected", "settled", "reopened", "edited", "returned", "pinned"
]
ReviewStanding = Literal["holds", "contradicted", "without_fact", "overruled", "replaced"]
ReviewReason = Literal[
    "contradicted", "disputed", "hedged", "quoted", "one_origin", "overdue", "due_soon", "salient"
]
DigestChange = Literal["added", "changed", "gone"]
MembershipKind = Literal["own", "mention"]
RoundAction = Literal["split", "merge"]
Length = Literal["short", "standard", "long"]
LENGTHS: tuple[Length, ...] = get_args(Length)
Language = Literal["en", "es"]
Reliability = Literal[
    "reliable",
    "usually_reliable",
    "fairly_reliable",
    "not_usually_reliable",
    "unreliable",
    "cannot_be_judged",
]
DocumentLanguage = Annotated[
    str | None,
    Meta(
        description="Language of the document, as a BCP 47 tag; null where its words do not tell.",
        examples=["fr"],
    ),
]
JobStatus = Literal["queued", "running", "done", "failed", "cancelled"]

_SHA256 = dict[str, Any](
    pattern=r"^[0-9a-f]{64}\Z",
    description="SHA-256 of the document's canonical text as UTF-8: the document's identity.",
    examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
)
Sha256 = Annotated[str, Meta(**_SHA256)]
KnownSha256 = Annotated[str, known(**_SHA256)]
_FACT_ID = dict[str, Any](
    pattern=r"^fct_[0-9a-f]{16}\Z",
    description="Stable across revisions.",
    examples=["fct_0b9c8d1e2f3a4b5c"],
)
FactId = Annotated[str, Meta(**_FACT_ID)]
KnownFactId = Annotated[str, known(**_FACT_ID)]
ReviewId = Annotated[
    str,
    Meta(
        pattern=r"^rev_[0-9a-f]{16}\Z",
        description="Of one decision about a fact.",
        examples=["rev_7a6b5c4d3e2f1a0b"],
    ),
]
BriefingId = Annotated[
    str,
    Meta(
        pattern=r"^brf_[0-9a-f]{16}\Z",
        description="Identity of a briefing.",
        examples=["brf_5c1f0e2d3b4a6978"],
    ),
]
_CODE = "(?:[a-z]{2}|x-[a-z0-9]+(?:-[a-z0-9]+)*)"
NegotiationId = Annotated[
    str,
    Meta(
        pattern=rf"^{_CODE}(?:_{_CODE})+\Z",
        description="The sides of the table in small letters, in alphabetical order, joined by `_`.",
        examples=["cl_nz"],
    ),
]
ConflictId = Annotated[
    str,
    Meta(
        pattern=r"^cfl_[0-9a-f]{16}\Z",
        description="Identity of a conflict.",
        examples=["cfl_77aa0e2d3b4a6978"],
    ),
]
_PARTY = dict[str, Any](
    pattern=r"^(?:[A-Z]{2}|X-[A-Z0-9]+(?:-[A-Z0-9]+)*)\Z",
    description="ISO 3166-1 alpha-2, `EU` for the European Union, `X-…` for a body without a code.",
    examples=["US"],
)
Party = Annotated[str, Meta(**_PARTY)]
KnownParty = Annotated[str, known(**_PARTY)]
Unit = Annotated[
    str,
    Meta(
        min_length=1,
        description="ISO 4217 for money; else UCUM: `%`, `[pp]` (percentage points), `t`, `kg`, `d`, `wk`, "
        "`mo`, `a` (years), `h`, `min`, `1` (counts), ….",
        examples=["%"],
    ),
]
_DAY = dict[str, Any](
    pattern=r"^\d{4}-\d{2}-\d{2}\Z",
    description="A calendar day, sortable as text.",
    examples=["2031-03-14"],
    extra_json_schema={"format": "date"},
)
Day = Annotated[str, Meta(**_DAY)]
KnownDay = Annotated[str, known(**_DAY)]
Text = Annotated[str, Meta(min_length=1)]

UCUM = frozenset(
    {"%", "[pp]", "[bp]", "1", "Mt", "t", "kg", "g", "mg", "[lb_av]", "[oz_av]", "[oz_tr]", "[ston_av]", "s",
     "min", "h", "d", "wk", "mo", "a", "nm", "mm", "cm", "m", "km", "[in_i]", "[ft_i]", "[yd_i]", "[mi_i]",
     "[nmi_i]", "m2", "km2", "har", "[sft_i]", "[smi_us]", "[acr_us]", "ml", "l", "m3", "km3", "[cft_i]",
     "[bbl_us]", "[bu_us]", "[gal_us]", "[kn_i]", "W.h", "kW.h", "MW.h", "GW.h", "TW.h", "W", "kW", "MW", "GW",
     "[HP]", "MHz", "GHz", "MBy", "GBy", "TBy", "[ppb]", "Cel", "[degF]", "[cent]", "{share}", "{person}",
     "{head}", "{TEU}"}
)  # fmt: skip
"""Codes in use. Not of UCUM: `[pp]` and `[bp]`, percentage and basis points; `[cent]`, hundredths of a currency."""
_BODY = re.compile(r"X-[A-Z0-9]+(?:-[A-Z0-9]+)*")
_BESIDE_ISO = frozenset({"EU", "XK"})
"""Codes that ISO 3166-1 reserves or leaves to its users, as CLDR has them: the European Union, Kosovo."""


def with_those_below(topics: Sequence[str]) -> list[str]:
    """Topics with those that are more special: `market_access` with `market_access.agriculture`."""
    return [topic for topic in TOPICS if any(topic == one or topic.startswith(f"{one}.") for one in topics)]


@cache
def is_party(code: str) -> bool:
    """ISO 3166-1 alpha-2, `EU` and `XK` as CLDR has them, or `X-…` for a body that has no code."""
    if code in _BESIDE_ISO or _BODY.fullmatch(code):
        return True
    return code.isupper() and pycountry.countries.get(alpha_2=code) is not None


@cache
def is_unit(code: str) -> bool:
    """A UCUM code of the subset in use, an ISO 4217 currency, or a rate of one such to another: `USD/[bbl_us]`."""
    return all(
        part in UCUM or (part.isupper() and pycountry.currencies.get(alpha_3=part) is not None)
        for part in code.split("/", 1)
    )


def check_party(code: str) -> None:
    if not is_party(code):
        raise ValueError(f"{code!r} is neither ISO 3166-1 alpha-2, nor EU, nor X-…")


def check_unit(code: str) -> None:
    if not is_unit(code):
        raise ValueError(f"{code!r} is neither an ISO 4217 currency nor a UCUM unit in use here")
