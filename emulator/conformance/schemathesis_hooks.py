"""Leads generated requests to what exists, so that they reach more than the first check."""

import json
import os
import urllib.request
import zlib

import schemathesis

API = os.environ["ROKKA_API"]
HEADERS = {"Api-Key": os.environ["ROKKA_KEY"]}


def get(path):
    with urllib.request.urlopen(urllib.request.Request(API + path, headers=HEADERS)) as response:
        return json.load(response)


# Those of the seed folder.
HASHES = [image["hash"] for image in get("/sourceimages/acme")["items"]]


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    operation = context.operation.definition.raw.get("operationId") if context.operation else None
    if path_parameters and "organization" in path_parameters and operation != "createOrganization":
        path_parameters["organization"] = chosen(path_parameters["organization"], ["acme"])
    if path_parameters and "hash" in path_parameters:
        path_parameters["hash"] = chosen(path_parameters["hash"], HASHES)
    return path_parameters


@schemathesis.hook
def map_headers(context, headers):
    if headers and "Destination" in headers:
        headers["Destination"] = chosen(headers["Destination"], ["acme", "other"])
    return headers


@schemathesis.hook
def filter_query(context, query):
    # It would lock out the key of all other requests.
    return not (query and "force" in query)


def chosen(value, known):
    """Replaces three values of four by a known one; the same value always by the same one."""
    number = zlib.crc32(repr(value).encode())
    return value if number % 4 == 0 else known[number // 4 % len(known)]
