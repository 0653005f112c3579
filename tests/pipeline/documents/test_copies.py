"""Near copies have nearly all runs of words in common, and share a run of their sketches."""

from pathlib import Path

from pipeline.documents.copies import is_near_copy, sketch_of
from pipeline.documents.read import read
from tests.conftest import ROOT

STORY = (ROOT / "samples" / "eu-india-1-preview.txt").read_text("utf-8")


def sketch(text: str) -> set[int]:
    return set(sketch_of(read(text.encode())))


def test_a_copy_under_another_headline_is_near() -> None:
    copy = f"Another headline of another paper\n\nBy A. N. Other\n\n{STORY}\nSubscribe to our newsletter\n"
    assert is_near_copy(STORY, copy)
    assert sketch(STORY) & sketch(copy)


def test_a_copy_in_which_a_number_differs_is_near_and_has_its_own_text() -> None:
    copy = STORY.replace("110", "120")
    assert copy != STORY
    assert is_near_copy(STORY, copy)


def test_half_a_story_is_no_near_copy() -> None:
    assert not is_near_copy(STORY, STORY[: len(STORY) // 2])


def test_short_texts_are_alike_by_their_form_and_no_copies() -> None:
    first, second = (f"Talks of Norway and Chile on {day} May were closed." for day in (3, 4))
    assert not is_near_copy(first, second)
    assert sketch(first) == set()


def test_no_two_samples_are_near_copies() -> None:
    texts = {path.name: path.read_text("utf-8") for path in sorted((ROOT / "samples").glob("*.txt"))}
    near = [
        (one, two) for one in texts for two in texts if one < two and is_near_copy(texts[one], texts[two])
    ]
    assert near == []


def test_near_copies_among_real_documents_share_a_run_of_their_sketches(shared: Path) -> None:
    paths = sorted((shared / "dev" / "docs").glob("*.txt"))
    documents = [read(path.read_bytes()) for path in paths]
    sketches = [set(sketch_of(document)) for document in documents]
    for at, one in enumerate(documents):
        for other in range(at + 1, len(documents)):
            if is_near_copy(one.text, documents[other].text):
                assert sketches[at] & sketches[other], (paths[at].name, paths[other].name)
