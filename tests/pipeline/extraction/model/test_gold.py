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
from schemas.vocabulary import FIGURE_STATUSES, TOPICS
from tests.conftest import SHARED
from tests.pipeline.extraction.model.provider import Call, Provider, cited, provider, says
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
    """The annotations in the words and shape of this project's own schema; each cites the words of its sentences."""
    talks = known["negotiation"]
    return {
        "talks": {
            "s": [talks["quote"]],
            "parties": talks["parties"],
            "venue": (talks.get("venue") or "").split(",")[0] or None,
            "status": talks.get("status", "unknown"),
        },
        "delegates": [
            {
                "s": [member["quote"]],
                "name": member["name"],
                "role": member["role"],
                "party": side["party"],
                "head": member.get("head"),
            }
            for side in known["delegations"]
            for member in side["members"]
        ],
        "stakes": [
            {"s": [s["quote"]], "topic": s["topic"] if s["topic"] in TOPICS else "other", "title": s["quote"]}
            for s in known["stakes"]
        ],
        "deadlines": [
            {
                "s": [d["quote"]],
                "what": d["quote"],
                "kind": d["kind"],
                "date": day_of(d),
                "consequence": [d["consequence_quote"]] if d.get("consequence_quote") else None,
            }
            for d in known["deadlines"]
        ],
        "figures": [
            {
                "s": [f["quote"]],
                "amount": f["as_written"],
                "value": f["value"],
                "to": f["value_high"],
                "unit": f["unit"],
                "subject": f["quote"],
                "measure": "other",
                "status": f["status"] if f["status"] in FIGURE_STATUSES else "actual",
                "direction": f["direction"],
            }
            for f in known["figures"]
            if f.get("in_scope", True)
        ],
        "statements": [
            {"s": [q["text"]], "words": " ".join(q["text"].split()[:4]), "speaker": who, "quoted": True}
            for q in known["quotes"]
            if (who := speaker(q, text))
        ],
        "events": [],
    }


def day_of(deadline: Answer) -> Answer:
    """The words of a date, and what they mean where the document itself tells that."""
    told = deadline.get("date_basis", "in_file") == "in_file"
    words = deadline.get("date_text") or deadline["quote"]
    return {"words": words, "edtf": deadline["date_edtf"] if told else None}


def read_all(answer: Callable[[Answer, str], Answer]) -> tuple[list[DocumentReadout], Provider]:
    """Readouts of the annotated documents by a model that answers so; a second call gets nothing new."""
    found: list[DocumentReadout] = []
    about: list[Answer] = []

    def script(call: Call):
        if call.again:
            return says('{"talks": null}')
        return says(json.dumps(cited(about[-1], call.sentences), ensure_ascii=False))

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


def near(item: Answer, text: str) -> str:
    """The paragraph that an item cites words of."""
    return next((line for line in text.splitlines() if item["s"][0] in line), text)


def numbers_that_stand_nowhere(answer: Answer, text: str) -> Answer:
    return {
        "figures": [
            f | {"amount": new, "value": f["value"] + 3}
            for f in answer["figures"]
            if not find(text, new := changed_number(f["amount"]))
        ]
    }


def numbers_said_otherwise(answer: Answer, text: str) -> Answer:
    return {"figures": [f | {"value": f["value"] + 3} for f in answer["figures"]]}


def units_said_otherwise(answer: Answer, text: str) -> Answer:
    return {"figures": [f | {"unit": "t" if f["unit"] == "%" else "%"} for f in answer["figures"]]}


def numbers_of_another_sentence(answer: Answer, text: str) -> Answer:
    return {
        "figures": [
            f | {"amount": other["amount"], "value": other["value"], "unit": other["unit"]}
            for f, other in itertools.permutations(answer["figures"], 2)
            if not find(near(f, text), other["amount"])
        ]
    }


def invented_short_figures(answer: Answer, text: str) -> Answer:
    short = [n for n in range(2, 100) if not re.search(rf"(?<!\d){n}", text)][:10]
    return {
        "figures": [
            f | {"amount": f"{n}%", "value": n, "unit": "%", "to": None, "subject": subject}
            for f, n in zip(answer["figures"], short, strict=False)
            for subject in (f"{n}%", f["subject"])
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
    day = {"words": "on 17 October 2041", "edtf": "2041-10-17"}
    return {"deadlines": [d | {"date": day} for d in answer["deadlines"]]}


def dates_of_another_sentence(answer: Answer, text: str) -> Answer:
    return {
        "deadlines": [
            d | {"date": other["date"]}
            for d, other in itertools.permutations(answer["deadlines"], 2)
            if not find(near(d, text), other["date"]["words"])
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
    words = {"stakes": "title", "statements": "words", "deadlines": "what"}
    return {
        kind: [
            one | {field: new} | ({"date": None} if kind == "deadlines" else {})
            for one, other in itertools.permutations(answer[kind], 2)
            if not find(text, new := spliced(one["s"][0], other["s"][0]))
        ]
        for kind, field in words.items()
    }


def sentences_that_are_not_there(answer: Answer, text: str) -> Answer:
    lists = {kind: items for kind, items in answer.items() if isinstance(items, list)}
    return {kind: [one | {"s": [1_000]} for one in items] for kind, items in lists.items()}


def cut_polarity(answer: Answer, text: str) -> Answer:
    """What stands behind a "not", quoted as if it were affirmed."""
    cut = [found[1].strip() for found in re.finditer(r"\b(?:not|never)\s+([^.,;“”\"\n]{15,})", text)]
    return {"stakes": [{"quote": words, "topic": "other", "summary": words} for words in cut]}


FABRICATIONS = [
    numbers_that_stand_nowhere,
    numbers_said_otherwise,
    units_said_otherwise,
    numbers_of_another_sentence,
    invented_short_figures,
    other_sides,
    other_names,
    other_offices,
    other_dates,
    dates_of_another_sentence,
    other_speakers,
    spliced_halves,
    sentences_that_are_not_there,
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
    assert sum(call.chars for call in server.calls) <= 75_000


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
    assert [sum(line.leaf is None for line in one.rejected) for one in found] == told
