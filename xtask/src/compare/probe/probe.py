# Decodes responses with the generated Python client, and calls the loopback service with it.
# Arguments: the file of cases, the base URL, a large file, the secret.
import datetime, json, sys

import openapi_client as client

cases, base, large, secret = sys.argv[1:]


def tell(**line):
    print(json.dumps(line), flush=True)


def plain(value):
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if hasattr(value, "get_secret_value"):
        return value.get_secret_value()
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def error(thrown):
    return f"{type(thrown).__name__}: {thrown}"


with open(cases) as file:
    for case in json.load(file):
        try:
            read = client.ApiClient().deserialize(case["body"], case["type"], "application/json")
            tell(case=case["case"], value=plain(read))
        except Exception as thrown:
            tell(case=case["case"], error=error(thrown))


def peak():
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except OSError:
        return None


def step(name, call):
    try:
        with open("/proc/self/clear_refs", "w") as reset:
            reset.write("5")
    except OSError:
        pass
    configuration = client.Configuration(host=f"{base}/{name}", api_key={"ApiKey": secret})
    with client.ApiClient(configuration) as api:
        before = peak()
        try:
            value = call(api)
            done = {"value": "nothing" if value is None else str(type(value).__name__)}
        except Exception as thrown:
            done = {
                "error": error(thrown),
                "status": getattr(thrown, "status", None),
                "body": getattr(thrown, "body", None),
            }
    after = peak()
    tell(step=name, memory=after - before if before and after else None, **done)


images = client.SourceimagesApi
step("upload", lambda api: images(api).create_source_image("acme", filedata=large))
step("download", lambda api: images(api).download_source_image("acme", "3f9a21"))
step("filters", lambda api: images(api).list_source_images("acme", filters={"user:int:sku": "[4000,}"}))
step("html", lambda api: images(api).get_source_image("acme", "3f9a21"))
step("flat", lambda api: images(api).get_source_image("acme", "3f9a21"))
step("no-content", lambda api: images(api).put_source_image_options_protected("acme", "3f9a21", True))
step("busy", lambda api: images(api).get_source_image("acme", "3f9a21"))
step("redirect", lambda api: images(api).get_source_image("acme", "3f9a21"))
step("path", lambda api: images(api).get_source_image_meta_user_with_name("acme", "3f9a21", "a b/../c?d"))
configuration = client.Configuration(api_key={"ApiKey": secret}, access_token=secret)
tell(step="print", shows=secret in repr(configuration) + str(configuration))
tell(step="print-model", shows=secret in repr(client.ApiKey(id="1", api_key=secret)))
