"""Reads each documented response with the Python client of OpenAPI Generator, by its operation, and prints it as the client encodes it."""

import inspect
import io
import json
import sys
import tempfile

import openapi_client
import urllib3


def plain(name):
    return name.replace("_", "").lower()


METHODS = {
    plain(name): (api, name)
    for api in vars(openapi_client).values()
    if inspect.isclass(api) and api.__name__.endswith("Api")
    for name in vars(api)
    if not name.startswith("_")
}


class Pool:
    """In the place of the connections: responds to every request with one response."""

    def __init__(self, status, value):
        self.status, self.value = status, value

    def request(self, *_, **__):
        body = io.BytesIO(json.dumps(self.value).encode())
        return urllib3.HTTPResponse(body, {"Content-Type": "application/json"}, self.status, preload_content=False)


def body(schema, value):
    model = getattr(openapi_client, schema, None)
    return model.from_dict(value) if model else value


def read(one, file):
    api, method = METHODS[plain(one["operation"])]
    values = {plain(parameter["name"]): parameter["value"] for parameter in one["parameters"]}
    values |= {plain(part): file for part in one.get("form", [])}
    arguments = {}
    for parameter in inspect.signature(getattr(api, method)).parameters.values():
        if parameter.default is inspect.Parameter.empty and parameter.name != "self":
            name = plain(parameter.name)
            arguments[parameter.name] = values[name] if name in values else body(**one["body"])
    client = openapi_client.ApiClient()
    client.rest_client.pool_manager = Pool(one["status"], one["value"])
    try:
        got = getattr(api(client), method)(**arguments)
    except openapi_client.ApiException as error:
        got = error.data
    return client.sanitize_for_serialization(got)


with tempfile.NamedTemporaryFile() as file:
    for line in sys.stdin:
        one = json.loads(line)
        try:
            told = {"value": read(one, file.name)}
        except Exception as error:  # Whatever a client raises is what it tells its user.
            told = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        print(json.dumps({"response": one["response"], **told}))
