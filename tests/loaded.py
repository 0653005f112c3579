"""What the process loads from which others are forked: all that the product's own processes load, and a first text."""

from importlib import import_module

import api.server
import worker.process
from api.cli import COMMANDS
from pipeline.extract import readout
from pipeline.read import read
from schemas.ahead import learn_shapes

for command in COMMANDS:
    import_module(f"api.commands.{command}")
for module in (
    *("alembic.autogenerate", "api.app", "api.client", "api.extraction", "api.render", "pipeline.model"),
    *("store.migrate", "worker.extractor", "worker.jobs"),
):
    import_module(module)
learn_shapes()
readout(read(b"Norway and Chile opened trade talks in Oslo on 3 March 2031."))
assert api.server and worker.process
