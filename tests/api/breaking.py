"""What breaks clients between two OpenAPI documents of the service.

Answers may say more than before and requests may take more, never the other way round: so every comparison goes with
the direction, `"answer"` or `"request"`. A break is told as its subject, which a changelog can name, and a sentence.
"""

from collections.abc import Iterator
from typing import Any, Literal

Json = dict[str, Any]
Way = Literal["request", "answer"]
Break = tuple[str, str]
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def breaks(old: Json, new: Json) -> list[Break]:
    """In the order of the old document, each once."""
    return list(dict.fromkeys(_Comparison(old, new).operations()))


class _Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self.old, self.new = old, new
        self.seen: set[tuple[str, str, Way]] = set()

    def operations(self) -> Iterator[Break]:
        for path, methods in self.old["paths"].items():
            for method, was in methods.items():
                name = was["operationId"]
                now = self.new["paths"].get(path, {}).get(method)
                if now is None:
                    yield name, f"{method} {path} is gone"
                    continue
                if now["operationId"] != name:
                    yield name, f"is called {now['operationId']}"
                if set(was.get("x-scopes", [])) - set(now.get("x-scopes", [])):
                    yield name, "asks for another scope"
                yield from self.parameters(name, was, now)
                yield from self.body(name, was.get("requestBody"), now.get("requestBody"))
                yield from self.answers(name, was["responses"], now["responses"])

        for event, was in self.old.get("webhooks", {}).items():
            now = self.new.get("webhooks", {}).get(event)
            if now is None:
                yield event, "is not told any more"
                continue
            was, now = resolve(self.old, was)["post"], resolve(self.new, now)["post"]
            headers = [{each["name"] for each in told["parameters"]} for told in (was, now)]
            yield from ((event, f"is told without {name}") for name in sorted(headers[0] - headers[1]))
            yield from self.content(
                event, was["requestBody"]["content"], now["requestBody"]["content"], "answer"
            )

    def parameters(self, name: str, was: Json, now: Json) -> Iterator[Break]:
        before, after = (
            {
                (each["in"], each["name"]): each
                for each in (resolve(root, each) for each in operation["parameters"])
            }
            for root, operation in ((self.old, was), (self.new, now))
        )
        for place, each in before.items():
            subject = f"{name}.{place[1]}"
            if place not in after:
                yield subject, f"the {place[0]} parameter is gone"
                continue
            if after[place].get("required") and not each.get("required"):
                yield subject, "the parameter is required"
            yield from self.schema(subject, each["schema"], after[place]["schema"], "request")
        for place, each in after.items():
            if place not in before and each.get("required"):
                yield f"{name}.{place[1]}", "the new parameter is required"

    def body(self, name: str, was: Json | None, now: Json | None) -> Iterator[Break]:
        if was is None:
            if now and now.get("required"):
                yield name, "a body is required"
            return
        yield from self.content(name, was["content"], (now or {"content": {}})["content"], "request")

    def answers(self, name: str, was: Json, now: Json) -> Iterator[Break]:
        for status, each in was.items():
            if status >= "400":
                continue
            if status not in now:
                yield name, f"does not answer {status}"
                continue
            before, after = resolve(self.old, each), resolve(self.new, now[status])
            for header in before.get("headers", {}).keys() - after.get("headers", {}).keys():
                yield name, f"answers {status} without {header}"
            yield from self.content(name, before.get("content", {}), after.get("content", {}), "answer")

    def content(self, name: str, was: Json, now: Json, way: Way) -> Iterator[Break]:
        for media_type, each in was.items():
            if media_type not in now:
                yield name, f"{media_type} is gone from the {way}"
            else:
                yield from self.schema(name, each["schema"], now[media_type]["schema"], way)

    def schema(self, subject: str, was: Json, now: Json, way: Way) -> Iterator[Break]:
        # What was one thing and may be another too is a union of which one arm is that thing.
        if "$ref" in was and "anyOf" in now:
            was = {"anyOf": [was]}
        if "$ref" in now and "anyOf" in was:
            now = {"anyOf": [now]}
        if "$ref" in was and "$ref" in now:
            pair = (was["$ref"], now["$ref"], way)
            if pair in self.seen:
                return
            self.seen.add(pair)
        if "$ref" in was:
            subject = was["$ref"].rsplit("/", 1)[1]
        was, now = resolve(self.old, was), resolve(self.new, now)
        lost, gained = kinds(was) - kinds(now), kinds(now) - kinds(was)
        if way == "answer" and gained:
            yield subject, f"may be {', '.join(sorted(gained))}"
        if way == "request" and lost:
            yield subject, f"cannot be {', '.join(sorted(lost))}"
        if set(was.get("x-extensible-enum", [])) - set(now.get("x-extensible-enum", [])):
            yield subject, "a word is gone"
        if way == "request":
            yield from tighter(subject, was, now)
        yield from self.members(subject, was, now, way)

    def members(self, subject: str, was: Json, now: Json, way: Way) -> Iterator[Break]:
        before, after = was.get("properties", {}), now.get("properties", {})
        required, needs = set(was.get("required", [])), set(now.get("required", []))
        for name, each in before.items():
            if name not in after:
                yield f"{subject}.{name}", f"is gone from the {way}"
                continue
            if way == "answer" and name in required - needs:
                yield f"{subject}.{name}", "may be missing"
            yield from self.schema(f"{subject}.{name}", each, after[name], way)
        if way == "request":
            yield from ((f"{subject}.{name}", "is required") for name in sorted(needs - required))
        for part in ("items", "additionalProperties"):
            if isinstance(was.get(part), dict) and isinstance(now.get(part), dict):
                yield from self.schema(subject, was[part], now[part], way)
        arms = {key(arm): arm for arm in now.get("anyOf", [])}
        for arm in was.get("anyOf", []):
            if key(arm) in arms:
                yield from self.schema(subject, arm, arms[key(arm)], way)


def resolve(document: Json, node: Json) -> Json:
    """The node, or what it refers to, with what is said beside the reference."""
    if "$ref" not in node:
        return node
    found: Any = document
    for word in node["$ref"].removeprefix("#/").split("/"):
        found = found[word]
    return {**found, **{name: value for name, value in node.items() if name != "$ref"}}


def key(arm: Json) -> str:
    """What an arm of a union is known by."""
    return str(arm.get("$ref") or arm.get("type"))


def kinds(schema: Json) -> set[str]:
    """What a value can be: its words where they are listed, its types otherwise."""
    if "anyOf" in schema:
        return {kind for arm in schema["anyOf"] for kind in ({key(arm)} if "$ref" in arm else kinds(arm))}
    if "const" in schema:
        return {repr(schema["const"])}
    if "enum" in schema:
        return set(map(repr, schema["enum"]))
    types = schema.get("type", [])
    return set(types if isinstance(types, list) else [types])


def tighter(subject: str, was: Json, now: Json) -> Iterator[Break]:
    """Limits of a request that a value may break which was good before."""
    for name in _LOWER:
        if now.get(name, float("-inf")) > was.get(name, float("-inf")):
            yield subject, f"{name} is higher"
    for name in _UPPER:
        if now.get(name, float("inf")) < was.get(name, float("inf")):
            yield subject, f"{name} is lower"
    for name in ("pattern", "format"):
        if name in now and now[name] != was.get(name):
            yield subject, f"{name} is another"
