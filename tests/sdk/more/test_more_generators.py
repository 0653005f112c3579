"""The other generators of `docs/sdk.md`: each makes a client that is compiled or imported and reads a live service.

They take Java, Go and two hundred megabytes of packages, so `make sdk` runs them at night.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sdk.test_sdk_documented import ROOT
from tests.sdk.test_sdk_documented import service as service
from tests.waiting import PATIENCE

HERE = Path(__file__).parent
NPM = HERE / "node_modules/.bin"
PYTHON = ROOT / ".venv-sdk/bin"
pytestmark = pytest.mark.skipif(not (PYTHON / ".ready").is_file(), reason="`make sdk` prepares and runs it")
SAID = "no-cl: Data, Sign the protocol; 1 source; /problems/not-found\n"
"""What every program prints: a briefing, a page of deadlines, its sources, an error."""

Step = list[str | Path]
OPENAPI_GENERATOR: Step = [
    PYTHON / "openapi-generator-cli", "generate", "-i", ROOT / "openapi.yaml", "--global-property", "skipFormModel=false",
]  # fmt: skip
MODELS: Step = [
    PYTHON / "datamodel-codegen", "--input", ROOT / "openapi.yaml", "--input-file-type", "openapi",
    "--target-python-version", "3.11", "--formatters", "builtin", "--output", "models.py", "--output-model-type",
]  # fmt: skip
STRICT: Step = [
    "--strict",
    "--target",
    "es2022",
    "--skipLibCheck",
    "--types",
    "node",
    "--typeRoots",
    HERE / "node_modules/@types",
]

PYTHON_CLIENT = """
import os
import readout_client as readout

client = readout.ApiClient(
    readout.Configuration(host=os.environ["READOUT_URL"], access_token=os.environ["READOUT_KEY"])
)
briefing = readout.BriefingsApi(client).get_briefing("no-cl")
page = readout.DeadlinesApi(client).list_deadlines(party="NO,CL", limit=2)
fact = readout.FactsApi(client).get_fact(page.items[0].id)
assert fact.actual_instance.item.what == page.items[0].what
assert readout.WebhooksApi(client).create_webhook
try:
    readout.BriefingsApi(client).get_briefing("nothing-of-the-kind")
except readout.exceptions.NotFoundException as error:
    words = ", ".join(one.what for one in page.items)
    print(f"{briefing.slug}: {words}; {len(page.sources)} source; {error.data.type}")
"""
MSGSPEC = """
import os
import httpx
import msgspec
import models

client = httpx.Client(
    base_url=os.environ["READOUT_URL"], headers={"Authorization": f"Bearer {os.environ['READOUT_KEY']}"}
)
def read(path, shape):
    return msgspec.json.decode(client.get(path).content, type=shape)
"""
PYDANTIC = MSGSPEC.replace("import msgspec\n", "import pydantic\n").replace(
    "msgspec.json.decode(client.get(path).content, type=shape)",
    "pydantic.TypeAdapter(shape).validate_json(client.get(path).content)",
)
READS = """
briefing = read("/v1/briefings/no-cl", models.Briefing)
page = read("/v1/deadlines?party=NO,CL&limit=2", models.DeadlinePage)
read(f"/v1/facts/{page.items[0].id}", models.FoundFact)
read("/v1/changes", models.ChangePage)
error = read("/v1/briefings/nothing-of-the-kind", models.Problem)
words = ", ".join(one.what for one in page.items)
print(f"{briefing.slug}: {words}; {len(page.sources)} source; {error.type}")
"""
FETCH = """
const { READOUT_URL: url, READOUT_KEY: key } = process.env;
const plain = globalThis.fetch;
globalThis.fetch = (path, given) =>
  plain(new URL(String(path), url), { ...given, headers: { ...given?.headers, Authorization: `Bearer ${key}` } });
"""
TYPESCRIPT_FETCH = """
import { BriefingsApi, Configuration, DeadlinesApi, FactsApi, ResponseError } from "./client";

const configuration = new Configuration({
  basePath: process.env["READOUT_URL"] ?? "",
  accessToken: process.env["READOUT_KEY"] ?? "",
});
async function main() {
  const briefings = new BriefingsApi(configuration);
  const briefing = await briefings.getBriefing({ idOrSlug: "no-cl" });
  const page = await new DeadlinesApi(configuration).listDeadlines({ party: "NO,CL", limit: 2 });
  const fact = await new FactsApi(configuration).getFact({ factId: page.items[0]?.id ?? "" });
  if (fact.kind !== "deadline") throw new Error(fact.kind);
  try {
    await briefings.getBriefing({ idOrSlug: "nothing-of-the-kind" });
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    const { type } = await error.response.json();
    const words = page.items.map((one) => one.what).join(", ");
    console.log(`${briefing.slug}: ${words}; ${Object.keys(page.sources).length} source; ${type}`);
  }
}
main();
"""
ORVAL = (
    """
import { getBriefing, getFact, listDeadlines } from "./readout";
"""
    + FETCH
    + """
async function main() {
  const briefing = await getBriefing("no-cl");
  const page = await listDeadlines({ party: "NO,CL", limit: 2 });
  const error = await getBriefing("nothing-of-the-kind");
  if (briefing.status !== 200 || page.status !== 200 || error.status !== 404) throw new Error("another answer");
  if (typeof briefing.data === "string" || typeof page.data === "string") throw new Error("not JSON");
  const fact = await getFact(page.data.items[0]?.id ?? "");
  if (fact.status !== 200 || typeof fact.data === "string" || fact.data.kind !== "deadline") throw new Error("another fact");
  const words = page.data.items.map((one) => one.what).join(", ");
  console.log(
    `${briefing.data.slug}: ${words}; ${Object.keys(page.data.sources).length} source; ${error.data.type}`,
  );
}
main();
"""
)
ORVAL_CONFIG = """
export default {
  readout: { input: "openapi.yaml", output: { target: "readout.ts", client: "fetch", mode: "single" } },
};
"""
KUBB = (
    """
import { getBriefing, listDeadlines } from "./client";
"""
    + FETCH
    + """
async function main() {
  const briefing = await getBriefing({ id_or_slug: "no-cl" });
  const page = await listDeadlines({ params: { party: "NO,CL", limit: 2 } });
  const { type } = await (await fetch("/v1/briefings/nothing-of-the-kind")).json();
  const words = page.items.map((one) => one.what).join(", ");
  console.log(`${briefing.slug}: ${words}; ${Object.keys(page.sources).length} source; ${type}`);
}
main();
"""
)
KUBB_CONFIG = """
import { defineConfig } from "@kubb/core";
import { pluginClient } from "@kubb/plugin-client";
import { pluginOas } from "@kubb/plugin-oas";
import { pluginTs } from "@kubb/plugin-ts";

export default defineConfig({
  root: ".",
  input: { path: "openapi.yaml" },
  output: { path: "client", format: false, lint: false },
  plugins: [
    pluginOas({ generators: [] }),
    pluginTs(),
    pluginClient({ client: "fetch", bundle: true, paramsType: "object" }),
  ],
});
"""

JAVA = """
import org.openapitools.client.*;
import org.openapitools.client.api.*;
import org.openapitools.client.model.*;

public class Program {
  public static void main(String[] given) throws Exception {
    ApiClient client = new ApiClient();
    client.updateBaseUri(System.getenv("READOUT_URL"));
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + System.getenv("READOUT_KEY")));
    BriefingsApi briefings = new BriefingsApi(client);
    Briefing briefing = briefings.getBriefing(BriefingsApi.APIGetBriefingRequest.newBuilder().idOrSlug("no-cl").build());
    DeadlinePage page = new DeadlinesApi(client)
        .listDeadlines(DeadlinesApi.APIListDeadlinesRequest.newBuilder().party("NO,CL").limit(2).build());
    Deadline first = page.getItems().get(0);
    FoundFact fact = new FactsApi(client)
        .getFact(FactsApi.APIGetFactRequest.newBuilder().factId(first.getId()).build());
    if (!fact.getFoundDeadline().getItem().getBriefingId().equals(briefing.getId())) throw new Exception("another briefing");
    try {
      briefings.getBriefing(BriefingsApi.APIGetBriefingRequest.newBuilder().idOrSlug("nothing-of-the-kind").build());
    } catch (ApiException error) {
      Problem problem = ApiClient.createDefaultObjectMapper().readValue(error.getResponseBody(), Problem.class);
      String words = String.join(", ", page.getItems().stream().map(Deadline::getWhat).toList());
      System.out.println(
          briefing.getSlug() + ": " + words + "; " + page.getSources().size() + " source; " + problem.getType());
    }
  }
}
"""
GO = """
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"readout"
	"strings"
)

func given[T any](answer T, err error) T {
	if err != nil {
		panic(err)
	}
	return answer
}

func main() {
	configuration := readout.NewConfiguration()
	configuration.Servers = readout.ServerConfigurations{{URL: os.Getenv("READOUT_URL")}}
	client := readout.NewAPIClient(configuration)
	key := context.WithValue(context.Background(), readout.ContextAccessToken, os.Getenv("READOUT_KEY"))
	briefing, _, err := client.BriefingsAPI.GetBriefing(key, "no-cl").Execute()
	given(briefing, err)
	page, _, err := client.DeadlinesAPI.ListDeadlines(key).Party("NO,CL").Limit(2).Execute()
	given(page, err)
	fact, _, err := client.FactsAPI.GetFact(key, page.Items[0].Id).Execute()
	if given(fact, err).FoundDeadline.Item.BriefingId != briefing.Id {
		panic("another briefing")
	}
	_, _, err = client.BriefingsAPI.GetBriefing(key, "nothing-of-the-kind").Execute()
	var refused *readout.GenericOpenAPIError
	if !errors.As(err, &refused) {
		panic(err)
	}
	var words []string
	for _, one := range page.Items {
		words = append(words, one.What)
	}
	problem := refused.Model().(readout.Problem)
	fmt.Printf("%s: %s; %d source; %s\\n", briefing.Slug, strings.Join(words, ", "), len(page.Sources), problem.Type)
}
"""

# Jackson is in the generator itself, the rest is Debian's.
GENERATOR = next(PYTHON.parent.glob("lib/*/site-packages/openapi_generator_cli/openapi-generator.jar"), "")
ANNOTATIONS = Path("/usr/share/java/geronimo-annotation-1.3-spec.jar")
JARS = f"{GENERATOR}:{ANNOTATIONS}"
GOCODE = Path("/usr/share/gocode")
PACKAGES = {
    "openapi-generator java": ANNOTATIONS,
    "openapi-generator go": GOCODE / "src/gopkg.in/validator.v2",
}
"""What Debian carries of what a generator's client needs."""


def compiled(*beside: str) -> list[Step]:
    return [[NPM / "tsc", *STRICT, "--outDir", "out", *beside, "program.ts"], ["node", "out/program.js"]]


COMMONJS = ("--module", "commonjs", "--moduleResolution", "node", "--rewriteRelativeImportExtensions")
MATRIX: dict[str, tuple[dict[str, str], list[Step]]] = {
    "openapi-generator python": (
        {"program.py": PYTHON_CLIENT},
        [
            [
                *OPENAPI_GENERATOR,
                "-g",
                "python",
                "-o",
                ".",
                "--additional-properties=packageName=readout_client",
            ],
            [PYTHON / "python", "program.py"],
        ],
    ),
    "openapi-generator typescript-fetch": (
        {"program.ts": TYPESCRIPT_FETCH},
        [[*OPENAPI_GENERATOR, "-g", "typescript-fetch", "-o", "client"], *compiled(*COMMONJS)],
    ),
    "openapi-generator java": (
        {"Program.java": JAVA},
        [
            [
                *OPENAPI_GENERATOR,
                "-g",
                "java",
                "-o",
                "client",
                "--additional-properties=library=native,openApiNullable=false,useSingleRequestParameter=true",
            ],
            [
                "sh",
                "-c",
                f"javac -nowarn -d out -cp {JARS} $(find client/src/main -name '*.java') Program.java",
            ],
            ["java", "-cp", f"out:{JARS}", "Program"],
        ],
    ),
    "openapi-generator go": (
        {"program.go": GO},
        [
            [
                *OPENAPI_GENERATOR,
                "-g",
                "go",
                "-o",
                "src/readout",
                "--additional-properties=packageName=readout,enumClassPrefix=true",
                "--model-name-mappings="
                "NewIssue=IssueToMake,NewKey=KeyToMake,NewSchedule=ScheduleToKeep,"
                "NewSubscription=SubscriptionToMake,NewWatch=WatchToKeep,NewTopic=TopicToKeep,NewWebhook=WebhookToCall",
            ],
            ["go", "vet", "readout"],
            ["go", "run", "program.go"],
        ],
    ),
    "datamodel-code-generator msgspec": (
        {"program.py": MSGSPEC + READS},
        [[*MODELS, "msgspec.Struct"], [PYTHON / "python", "program.py"]],
    ),
    "datamodel-code-generator Pydantic": (
        {"program.py": PYDANTIC + READS},
        [[*MODELS, "pydantic_v2.BaseModel"], [PYTHON / "python", "program.py"]],
    ),
    "orval": (
        {"program.ts": ORVAL, "orval.config.mjs": ORVAL_CONFIG},
        [[NPM / "orval"], *compiled(*COMMONJS)],
    ),
    "kubb": (
        {"program.ts": KUBB, "kubb.config.mjs": KUBB_CONFIG},
        [[NPM / "kubb", "generate"], *compiled(*COMMONJS)],
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "openapi.yaml").write_bytes((ROOT / "openapi.yaml").read_bytes())
    (tmp_path / "package.json").write_text('{"private": true}\n')
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    yield tmp_path


@pytest.mark.parametrize("generator", MATRIX)
def test_its_client_reads_the_service(generator: str, folder: Path, service: dict[str, str]) -> None:
    files, steps = MATRIX[generator]
    if generator in PACKAGES and not PACKAGES[generator].exists():
        pytest.skip(f"{PACKAGES[generator]} is missing")
    for name, text in files.items():
        (folder / name).write_text(text)
    path = os.pathsep.join(map(str, (ROOT / ".venv/bin", NPM, os.environ["PATH"])))
    gopath = {"GO111MODULE": "off", "GOPATH": f"{folder}:{GOCODE}"}
    environment = os.environ | service | gopath | {"PATH": path}
    said = ""
    for step in steps:
        done = subprocess.run(
            step, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        said = done.stdout
        assert done.returncode == 0, f"{step}\n{said}\n{done.stderr}"
    assert said == SAID
