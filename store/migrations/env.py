"""Runs inside `store.migrate`, on the connection that it locked: no alembic.ini, no offline mode."""

from alembic import context
from sqlmodel import SQLModel

import store.addresses
import store.issues
import store.mailings
import store.reminders
import store.schedules
import store.subscriptions
import store.tables
import store.watches
import store.webhooks  # noqa: F401

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
