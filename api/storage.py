"""The database as the command line meets it: reached and migrated, or refused in one line."""

from sqlalchemy.exc import SQLAlchemyError

from api.inputs import Refused
from api.settings import Settings
from store.engine import connect
from store.migrate import migrate, pending


def _refusal(error: Exception) -> Refused:
    cause = getattr(error, "orig", None) or error
    why = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    return Refused(f"the database cannot be used ({why}): check READOUT_DATABASE_URL")


def migrated(settings: Settings) -> list[str]:
    """Migrations applied, oldest first. Raises Refused."""
    try:
        engine = connect(settings.database_url)
        try:
            return migrate(engine)
        finally:
            engine.dispose()
    except (SQLAlchemyError, OSError, ValueError, ImportError) as error:
        raise _refusal(error) from None


def unapplied(settings: Settings) -> list[str]:
    """Migrations that are missing, oldest first. Raises Refused."""
    try:
        engine = connect(settings.database_url)
        try:
            return pending(engine)
        finally:
            engine.dispose()
    except (SQLAlchemyError, OSError, ValueError, ImportError) as error:
        raise _refusal(error) from None
