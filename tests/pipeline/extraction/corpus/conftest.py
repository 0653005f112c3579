"""The documents written for these tests, and those of the shared folder where it is there."""

from pathlib import Path

import pytest

from tests.conftest import SHARED

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def gold() -> Path:
    return HERE / "gold"


@pytest.fixture(scope="session")
def documents() -> list[Path]:
    return sorted((HERE / "docs").glob("*.txt"))


@pytest.fixture(scope="session")
def texts(documents: list[Path]) -> list[str]:
    """What the generated documents are cut from."""
    return [
        path.read_text(encoding="utf-8")
        for path in [*documents, *sorted((SHARED / "dev" / "docs").glob("*.txt"))]
    ]
