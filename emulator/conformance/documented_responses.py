"""Lists the documented JSON responses of openapi/rokka.json, and checks what a generated client read of them.

    documented_responses.py list DESCRIPTION > responses.jsonl
    documented_responses.py check DESCRIPTION known_losses.json CLIENT < read.jsonl

A line of the list is one example of one response of an operation, with arguments that the operation can be called with. A client
prints a line for each: {"response": its id, "value": what it read, encoded again} or {"response": its id, "error": why it could not}.
Nothing may be lost and nothing changed; numbers count by value, dates as instants, and added fields (defaults, second names) do not count.
What a generator cannot do is in known_losses.json: it must be lost exactly as it says there.
"""

import datetime
import fnmatch
import json
import sys

METHODS = ("get", "put", "post", "delete", "patch")


class Description:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.root = json.load(file)

    def resolve(self, value):
        while isinstance(value, dict) and "$ref" in value:
            place = self.root
            for part in value["$ref"].removeprefix("#/").split("/"):
                place = place[part.replace("~1", "/").replace("~0", "~")]
            value = place
        return value

    def example(self, owner):
        """The first example of a parameter, a body or a schema."""
        owner = self.resolve(owner)
        for example in owner.get("examples", {}).values():
            return self.resolve(example)["value"]
        return owner["example"] if "example" in owner else self.example(owner["schema"])

    def operations(self):
        for path, item in self.root["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method, item, item[method]

    def responses(self):
        for path, method, item, operation in self.operations():
            parameters = [self.resolve(one) for one in item.get("parameters", []) + operation.get("parameters", [])]
            call = {
                "operation": operation["operationId"],
                "tag": operation["tags"][0],
                "method": method.upper(),
                "path": path,
                "parameters": [
                    {"name": one["name"], "in": one["in"], "value": self.example(one)} for one in parameters if one.get("required")
                ],
            }
            for media_type, content in self.resolve(operation.get("requestBody", {})).get("content", {}).items():
                if media_type == "application/json":
                    call["body"] = {"schema": content["schema"].get("$ref", "").rpartition("/")[2], "value": self.example(content)}
                elif media_type == "multipart/form-data":
                    call["form"] = self.resolve(content["schema"]).get("required", [])
            for status, response in operation["responses"].items():
                content = self.resolve(response).get("content", {}).get("application/json")
                for name, value in self.examples(content):
                    response = {"response": f"{call['operation']}/{status}/{name}", "status": int(status), **call, "value": value}
                    yield response | {"model": self.model(content["schema"])}, content["schema"]

    def examples(self, content):
        if content and "example" in content:
            yield "example", content["example"]
        for name, example in (content or {}).get("examples", {}).items():
            yield name, self.resolve(example)["value"]

    def model(self, schema):
        """What clients have models for: the name of an object with properties, or such in a list or a map."""
        resolved = self.resolve(schema)
        if "properties" in resolved:
            return schema["$ref"].rpartition("/")[2]
        for kind, inner in ("list", resolved.get("items")), ("map", resolved.get("additionalProperties")):
            if isinstance(inner, dict) and (model := self.model(inner)):
                return {kind: model}
        return None

    def properties(self, schema, name):
        """The schemas of a property by the schemas of its object, or of the elements of a list."""
        schema = self.resolve(schema) or {}
        for part in schema.get("allOf", []) + schema.get("anyOf", []) + schema.get("oneOf", []):
            yield from self.properties(part, name)
        if name is None:
            found = schema.get("items")
        else:
            found = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
        if isinstance(found, dict):
            yield found

    def differences(self, schemas, sent, got, place=""):
        """The places where a value differs from the documented one."""
        if isinstance(sent, dict) and isinstance(got, dict):
            for name in sent:
                inner = [one for schema in schemas for one in self.properties(schema, name)]
                at = f"{place}.{name}".removeprefix(".")
                if name in got:
                    yield from self.differences(inner, sent[name], got[name], at)
                else:
                    yield f"{at}: lost"
        elif isinstance(sent, list) and isinstance(got, list) and len(sent) == len(got):
            inner = [one for schema in schemas for one in self.properties(schema, None)]
            for index, (one, other) in enumerate(zip(sent, got)):
                yield from self.differences(inner, one, other, f"{place}.{index}".removeprefix("."))
        elif not same(sent, got) and not (
            any(self.resolve(one).get("format") == "date-time" for one in schemas) and same_instant(sent, got)
        ):
            yield f"{place or 'everything'}: changed"


def same(sent, got):
    if isinstance(sent, bool) or isinstance(got, bool):
        return sent is got
    if isinstance(sent, (int, float)) and isinstance(got, (int, float)):
        return sent == got
    return type(sent) is type(got) and sent == got


def same_instant(sent, got):
    try:
        # Some clients write a space before the offset.
        instants = [datetime.datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-")) for text in (sent, got)]
        return instants[0] - instants[1] == datetime.timedelta()
    except (AttributeError, TypeError, ValueError):
        return False


def check(description, known, client, lines):
    """Returns how many responses there are, how many were read whole, and what is not as it is known."""
    read = {}
    for line in lines:
        one = json.loads(line)
        if one["response"] in read:
            sys.exit(f"{client} reads {one['response']} twice")
        read[one["response"]] = one
    documented, losses, damaged = [], [], set()
    for response, schema in description.responses():
        name = response["response"]
        documented.append(name)
        one = read.pop(name, {"error": "not read"})
        found = [one["error"]] if "error" in one else description.differences([schema], response["value"], one["value"])
        losses.extend((name, loss) for loss in found)
    problems = [f"{name}: this is no documented response" for name in read]
    for entry in known.get(client, []):
        expected = {name for name in documented if any(fnmatch.fnmatchcase(name, pattern) for pattern in entry["responses"])}
        found = {(name, loss) for name, loss in losses if name in expected and fnmatch.fnmatchcase(loss, entry["loss"])}
        for name in sorted(expected - {name for name, _ in found}):
            problems.append(f"{name}: known_losses.json has “{entry['loss']}”, which it is not any more")
        damaged |= {name for name, _ in found}
        losses = [loss for loss in losses if loss not in found]
    problems.extend(f"{name}: {loss}" for name, loss in losses)
    damaged |= {name for name, _ in losses}
    return len(documented), len(documented) - len(damaged), problems


def main(task, path, *arguments):
    description = Description(path)
    if task == "list":
        for response, _ in description.responses():
            print(json.dumps(response, ensure_ascii=False))
        return
    known, client = arguments
    with open(known, encoding="utf-8") as file:
        known = json.load(file)
    total, whole, problems = check(description, known, client, sys.stdin)
    for problem in problems[:20]:
        print(problem, file=sys.stderr)
    if problems:
        sys.exit(f"{client} reads {whole} of {total} documented responses whole; {len(problems)} are not as in known_losses.json")
    print(f"reads {whole} of {total} documented responses whole")


if __name__ == "__main__":
    main(*sys.argv[1:])
