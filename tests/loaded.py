"""What the process loads from which others are forked: all that the product's own processes load, and a first text."""

import gc
from importlib import import_module

import api.http.app
import worker.process
from pipeline.documents.read import read
from pipeline.extraction.readout import readout
from schemas import learn_shapes

for module in (
    *(
        "alembic.autogenerate",
        "api.http.app",
        "api.cli.client",
        "api.cli.add",
        *(
            "api.cli.doctor",
            "api.cli.keys",
            "api.cli.offline",
            "api.cli.processes",
            "api.cli.setup",
            "api.cli.up",
        ),
        "api.http.openapi",
        "api.rendering.html",
        "api.rendering.subscriptions",
        "pipeline.extraction.model",
    ),
    *("store.migrate", "worker.extractors", "worker.jobs"),
):
    import_module(module)
learn_shapes()
readout(read(b"Norway and Chile opened trade talks in Oslo on 3 March 2031."))
assert api.http.app and worker.process
# What is forked need not go through all this again whenever it looks for garbage.
gc.collect()
gc.freeze()
