"""Reads each documented response with the client of openapi-python-client, by its operation, and prints it as the client encodes it.

Run it in the folder that contains the package `client`.
"""

import importlib
import inspect
import io
import json
import pkgutil
import sys

import httpx

sys.path.insert(0, "")
import client
import client.api
import client.models
import client.types


def plain(name):
    return name.replace("_", "").lower()


# A module for each operation.
OPERATIONS = {
    plain(module.name.rpartition(".")[2]): module.name
    for module in pkgutil.walk_packages(client.api.__path__, "client.api.")
    if not module.ispkg
}


def body(schema, value):
    model = getattr(client.models, schema, None)
    return model.from_dict(value) if model else value


def form(parts):
    file = client.types.File(payload=io.BytesIO(b"picture"), file_name="picture.jpg")
    return {plain(part): file for part in parts}


def read(one):
    def respond(_):
        return httpx.Response(one["status"], json=one["value"])

    module = importlib.import_module(OPERATIONS[plain(one["operation"])])
    call = module.sync_detailed
    values = {plain(parameter["name"]): parameter["value"] for parameter in one["parameters"]}
    values["client"] = client.Client(base_url="http://rokka", httpx_args={"transport": httpx.MockTransport(respond)})
    arguments = {}
    for parameter in inspect.signature(call).parameters.values():
        # A generated name that would be one of Python's own has a `_` at its end.
        name = plain(parameter.name)
        if name in values:
            arguments[parameter.name] = values[name]
        elif name == "body" and "form" in one:
            model = inspect.get_annotations(module._get_kwargs)["body"]
            arguments[parameter.name] = (model if inspect.isclass(model) else model.__args__[0])(**form(one["form"]))
        elif name == "body" and "body" in one:
            arguments[parameter.name] = body(**one["body"])
    response = call(**arguments)
    if response.parsed is None and one["value"] is not None:
        raise ValueError("the client does not decode this response")
    return encoded(response.parsed)


def encoded(value):
    if isinstance(value, list):
        return [encoded(item) for item in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


for line in sys.stdin:
    one = json.loads(line)
    try:
        told = {"value": read(one)}
    except Exception as error:  # Whatever a client raises is what it tells its user.
        told = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
    print(json.dumps({"response": one["response"], **told}))
