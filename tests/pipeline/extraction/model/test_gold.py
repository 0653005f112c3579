"""With a model that answers what an annotator found, nothing is lost; with fabrications mixed in, none comes through."""

import importlib.util
import itertools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.documents.read import read
from pipeline.extraction.model import ChatCompletions, Model
from pipeline.extraction.readout import FREE, readout
from pipeline.extraction.settings import ModelSettings
from pipeline.language.matching import find
from schemas import DocumentReadout
from tests.conftest import SHARED
from tests.pipeline.extraction.model.provider import Call, Provider, provider, says
from tests.waiting import PATIENCE

pytestmark = [
    pytest.mark.usefixtures("read_once"),
    pytest.mark.skipif(
        not (SHARED / "gold").is_dir(), reason="there is no ../shared with annotated documents"
    ),
]
Answer = dict[str, Any]


def gold() -> list[tuple[Path, Answer]]:
    """Each annotated document, and its annotations."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted((SHARED / "gold").glob("*_*.json"))]
    return [(SHARED / "seeds" / Path(one["file"]).name, one) for one in found]


def speaker(quote: Answer, text: str) -> str | None:
    """The speaker in the document's words; None for a headline writer, whom no document names.

    An annotator's glosses ("(term)", "spokesperson (unnamed)") stand behind the document's words, not in them.
    """
    words = re.sub(r" \([^)]*\)", "", quote["speaker"]).split()
    prefixes = (" ".join(words[:count]) for count in range(len(words), 0, -1))
    return next((name for name in prefixes if name[:1].isupper() and find(text, name)), None)


def perfect(known: Answer, text: str) -> Answer:
    """The annotations in the words and shape of this project's own schema."""
    talks = known["negotiation"]
    return {
        "talks": {
            "quote": talks["quote"],
            "parties": talks["parties"],
            "venue": (talks.get("venue") or "").split(",")[0] or None,
            "round": None,
            "date_words": None,
            "status": talks.get("status", "unknown"),
        },
        "delegates": [
            {
                "quote": member["quote"],
                "name": member["name"],
                "role": member["role"],
                "party": side["party"],
                "organisation": None,
                "head": bool(member.get("head")),
            }
            for side in known["delegations"]
            for member in side["members"]
        ],
        "stakes": [
            {"quote": s["quote"], "topic": s["topic"], "summary": s["quote"], "positions": [], "at_risk": None}
            for s in known["stakes"]
        ],
        "deadlines": [
            {
                "quote": d["quote"],
                "what": d["quote"],
                "date_words": d.get("date_text") or d["quote"],
                "kind": d["kind"],
                "conditions": [],
                "consequence": d.get("consequence_quote"),
            }
            for d in known["deadlines"]
        ],
        "figures": [
            {
                "quote": f["quote"],
                "as_written": f["as_written"],
                "subject": f["quote"],
                "measure": "other",
                "status": "actual",
                "period_words": None,
                "direction": f["direction"],
                "comparison_base": None,
                "reported_by": None,
            }
            for f in known["figures"]
            if f.get("in_scope", True)
        ],
        "statements": [
            {"quote": q["text"], "text": q["text"], "speaker": who, "direct": True, "role": None, "party": None, "channel": None}
            for q in known["quotes"]
            if (who := speaker(q, text))
        ],
        "events": [],
    }  # fmt: skip


def read_all(answer: Callable[[Answer, str], Answer]) -> tuple[list[DocumentReadout], Provider]:
    """Readouts of the annotated documents by a model that answers so; a second call gets nothing new."""
    found: list[DocumentReadout] = []
    about: list[Answer] = []

    def script(call: Call):
        if "checked your answer" in call.asked:
            return says('{"talks": null}')
        return says(json.dumps(about[-1], ensure_ascii=False))

    with provider(script) as server:
        where = ModelSettings(base_url=server.base_url, api_key="k", timeout=PATIENCE)
        chat = ChatCompletions(where, attempts=1)
        for path, known in gold():
            document = read(path.read_bytes(), file=path.name)
            about.append(answer(known, document.text))
            found.append(readout(document, Model(chat, Provider.model)))
        chat.close()
    return found, server


def scored(readouts: list[DocumentReadout], folder: Path) -> dict[str, Any]:
    """What the scorer of the annotations says, headline writers' scare quotes aside."""
    spec = importlib.util.spec_from_file_location("shared_score", SHARED / "eval" / "score.py")
    assert spec and spec.loader
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    plain = [json.loads(msgspec.json.encode(one)) for one in readouts]
    for path, known in gold():
        text = read(path.read_bytes()).text
        known["quotes"] = [quote for quote in known["quotes"] if speaker(quote, text)]
        (folder / f"{path.stem}.json").write_text(json.dumps(known), "utf-8")
    result: dict[str, Any] = scorer.score(plain, SHARED / "seeds", folder)
    return result


def rates(result: dict[str, Any], name: str) -> set[float]:
    """That rate of every class. All five are there."""
    assert set(result["classes"]) == {"delegates", "stakes", "deadlines", "figures", "quotations"}
    return {row[name] for row in result["classes"].values()}


def changed_number(words: str) -> str:
    return re.sub(r"\d", lambda digit: str((int(digit[0]) + 3) % 10), words, count=1)


def spliced(one: str, other: str) -> str:
    """The first half of one sentence and the second of another, as if they were one."""
    return " ".join([*one.split()[: len(one.split()) // 2], *other.split()[len(other.split()) // 2 :]])


def numbers_in_the_quote(answer: Answer, text: str) -> Answer:
    return {
        "figures": [
            f | {"as_written": new, "quote": f["quote"].replace(f["as_written"], new)}
            for f in answer["figures"]
            if (new := changed_number(f["as_written"])) != f["as_written"]
        ]
    }


def numbers_beside_the_quote(answer: Answer, text: str) -> Answer:
    return {
        "figures": [
            f | {"as_written": new}
            for f in answer["figures"]
            if (new := changed_number(f["as_written"])) not in f["quote"]
        ]
    }


def numbers_of_another_sentence(answer: Answer, text: str) -> Answer:
    return {
        "figures": [
            f | {"as_written": other["as_written"]}
            for f, other in itertools.permutations(answer["figures"], 2)
            if other["as_written"] not in f["quote"]
        ]
    }


def invented_short_figures(answer: Answer, text: str) -> Answer:
    short = [f"{n}%" for n in range(2, 100) if not re.search(rf"(?<!\d){n}", text)][:10]
    return {
        "figures": [
            {**f, "quote": quote, "as_written": words, "subject": words}
            for f, words in zip(answer["figures"], short, strict=False)
            for quote in (words, f["quote"])
        ]
    }


def other_sides(answer: Answer, text: str) -> Answer:
    sides = answer["talks"]["parties"]
    return {
        "delegates": [d | {"party": next(s for s in sides if s != d["party"])} for d in answer["delegates"]]
    }


def other_names(answer: Answer, text: str) -> Answer:
    invented = [d | {"name": "Ada " + d["name"].split()[-1]} for d in answer["delegates"]]
    return {"delegates": [*invented, *(d | {"name": "Bo Muster"} for d in answer["delegates"])]}


def other_offices(answer: Answer, text: str) -> Answer:
    return {
        "delegates": [
            d | {"role": other["role"]}
            for d, other in itertools.permutations(answer["delegates"], 2)
            if other["role"] != d["role"] and other["role"] not in d["role"]
        ]
    }


def other_dates(answer: Answer, text: str) -> Answer:
    return {"deadlines": [d | {"date_words": "on 17 October 2041"} for d in answer["deadlines"]]}


def dates_of_another_sentence(answer: Answer, text: str) -> Answer:
    return {
        "deadlines": [
            d | {"date_words": other["date_words"]}
            for d, other in itertools.permutations(answer["deadlines"], 2)
            if other["date_words"] not in d["quote"]
        ]
    }


def other_speakers(answer: Answer, text: str) -> Answer:
    return {
        "statements": [
            s | {"speaker": other["speaker"]}
            for s, other in itertools.permutations(answer["statements"], 2)
            if other["speaker"] != s["speaker"]
        ]
    }


def spliced_halves(answer: Answer, text: str) -> Answer:
    return {
        kind: [
            one | {field: new for field in one if one[field] == one["quote"]}
            for one, other in itertools.permutations(answer[kind], 2)
            if (new := spliced(one["quote"], other["quote"])) not in text
        ]
        for kind in ("stakes", "statements", "deadlines")
    }


def cut_polarity(answer: Answer, text: str) -> Answer:
    """What stands behind a "not", as if it were affirmed."""
    cut = [found[1].strip() for found in re.finditer(r"\b(?:not|never)\s+([^.,;“”\"\n]{15,})", text)]
    return {
        "stakes": [
            {"quote": words, "topic": "other", "summary": words, "positions": [], "at_risk": None}
            for words in cut
        ]
    }


FABRICATIONS = [
    numbers_in_the_quote,
    numbers_beside_the_quote,
    numbers_of_another_sentence,
    invented_short_figures,
    other_sides,
    other_names,
    other_offices,
    other_dates,
    dates_of_another_sentence,
    other_speakers,
    spliced_halves,
    cut_polarity,
]


def facts_of(found: DocumentReadout) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(found, rejected=[], usage=FREE))


def mixed(answer: Answer, false: Answer, share: float = 1.0) -> Answer:
    """Each list with `share` of its fabrications in it, every other one before the facts and the rest behind them."""
    every = max(round(1 / share), 1)
    return answer | {
        kind: [*some[::every][::2], *answer[kind], *some[::every][1::2]] for kind, some in false.items()
    }


def test_a_perfect_answer_loses_nothing_in_one_call_a_document(tmp_path: Path) -> None:
    found, server = read_all(perfect)
    result = scored(found, tmp_path)
    assert (rates(result, "recall"), rates(result, "precision"), result["ungrounded"]) == ({1.0}, {1.0}, 0)
    assert [one.rejected for one in found] == [[]] * 5
    assert len(server.calls) == 5
    assert sum(call.chars for call in server.calls) <= 64_000


def test_of_fabrications_mixed_in_none_is_accepted_and_nothing_is_lost(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def poisoned(known: Answer, text: str) -> Answer:
        answer = perfect(known, text)
        false: Answer = {}
        for fabricate in FABRICATIONS:
            for kind, some in fabricate(answer, text).items():
                false[kind] = [*false.get(kind, []), *some[:4]]
        told.append(
            (sum(map(len, false.values())), sum(len(v) for v in answer.values() if isinstance(v, list)))
        )
        return mixed(answer, false)

    found, _ = read_all(poisoned)
    assert all(false >= 0.3 * true for false, true in told)
    result = scored(found, tmp_path)
    assert (rates(result, "recall"), rates(result, "precision"), result["ungrounded"]) == ({1.0}, {1.0}, 0)


@pytest.mark.parametrize("fabricate", FABRICATIONS, ids=lambda fabricate: fabricate.__name__)
def test_fabrications_change_nothing(fabricate: Callable[[Answer, str], Answer]) -> None:
    told: list[int] = []

    def poisoned(known: Answer, text: str) -> Answer:
        answer = perfect(known, text)
        false = fabricate(answer, text)
        told.append(sum(map(len, false.values())))
        return mixed(answer, false)

    found, _ = read_all(poisoned)
    assert sum(told) > 0
    assert [facts_of(one) for one in found] == [facts_of(one) for one in read_all(perfect)[0]]
    assert [len(one.rejected) for one in found] == told
