"""The client in Python that rokka generated from its own description, from PyPI."""

import hashlib
import json
import os
import tempfile
import urllib.error
import urllib.request

import rokka_client_codegen as rokka
from checks import call, finish, refused, same

configuration = rokka.Configuration()
configuration.host = os.environ["ROKKA_API"]
configuration.api_key["api-key"] = os.environ["ROKKA_KEY"]
client = rokka.ApiClient(configuration)
# The files of downloads.
configuration.temp_folder_path = tempfile.mkdtemp()
images = rokka.SourceimagesApi(client)
stacks = rokka.StacksApi(client)
admin = rokka.AdminApi(client)
PICTURE = "examples/assets/sailing-boat.jpg"
BINARY_HASH = hashlib.sha1(open(PICTURE, "rb").read()).hexdigest()

# Uploads.
metadata = {"title": "Boat", "int:price": 12, "array:labels": ["sea", "boat"]}
area = {"subject_area": {"x": 10, "y": 10, "width": 30, "height": 20}}
uploaded = call(
    "create_source_image",
    lambda: images.create_source_image("acme", filedata=PICTURE, meta_user=json.dumps(metadata), meta_dynamic=json.dumps(area)),
)
image = uploaded.items[0]
same("binary hash", image.binary_hash, BINARY_HASH)
same("name", image.name, "sailing-boat.jpg")
same("user metadata", image.user_metadata, metadata)
same("dynamic metadata", image.dynamic_metadata, area)
plain = call("create_source_image", lambda: images.create_source_image("acme", filedata=PICTURE)).items[0]
same("another hash", plain.hash != image.hash, True)
remote = call("create_source_image by URL", lambda: images.create_source_image("acme", url="https://example.org/a.png"))
same("remote", remote.items[0].name, "a.png")

# Reading and searching.
same("get_source_image", call("get_source_image", lambda: images.get_source_image("acme", image.hash)).hash, image.hash)
same("short hash", call("get_source_image", lambda: images.get_source_image("acme", image.short_hash)).hash, image.hash)
found = call("list_source_images_by_binary_hash", lambda: images.list_source_images_by_binary_hash("acme", BINARY_HASH))
same("by binary hash", (found.total, len(found.items)), (2, 2))
listed = call("list_source_images", lambda: images.list_source_images("acme", sort="name asc", limit=2))
same("list", (listed.total, [one.name for one in listed.items]), (3, ["a.png", "sailing-boat.jpg"]))
first = call("list_source_images", lambda: images.list_source_images("acme", limit=2))
rest = call("list_source_images", lambda: images.list_source_images("acme", limit=2, offset=first.cursor))
same("pages", [len(first.items), len(rest.items)], [2, 1])
refused("unknown image", 404, lambda: images.get_source_image("acme", "abcdef0"))
# Without this option, the client fails to decode every file.
download = call("download_source_image", lambda: images.download_source_image("acme", image.hash, _preload_content=False))
same("download", download.data, open(PICTURE, "rb").read())

# Metadata.
call("patch_source_image_meta_user", lambda: images.patch_source_image_meta_user({"title": "Ship", "int:price": None}, "acme", image.hash))
same("patched", call("get", lambda: images.get_source_image("acme", image.hash)).user_metadata, {"title": "Ship", "array:labels": ["sea", "boat"]})
call("create_source_image_meta_user", lambda: images.create_source_image_meta_user({"a": "b"}, "acme", image.hash))
call("create_source_image_meta_user_wth_name", lambda: images.create_source_image_meta_user_wth_name("c", "acme", image.hash, "title"))
same("one", call("get_source_image_meta_user_with_name", lambda: images.get_source_image_meta_user_with_name("acme", image.hash, "title")), "c")
call("get_source_image_meta_user", lambda: images.get_source_image_meta_user("acme", image.hash))
call("delete_source_image_meta_user_with_name", lambda: images.delete_source_image_meta_user_with_name("acme", image.hash, "title"))
call("delete_source_image_meta_user", lambda: images.delete_source_image_meta_user("acme", image.hash))
same("no user metadata", call("get", lambda: images.get_source_image("acme", image.hash)).user_metadata, None)
call(
    "create_source_image_meta_dynamic_with_name",
    lambda: images.create_source_image_meta_dynamic_with_name({"x": 1, "y": 2}, "acme", image.hash, "subject_area", delete_previous=False),
)
call("delete_source_image_meta_dynamic_with_name", lambda: images.delete_source_image_meta_dynamic_with_name("acme", image.hash, "subject_area"))
copied, status, _ = call("copy_source_image", lambda: images.copy_source_image_with_http_info("other", "acme", plain.hash))
same("copied", status, 201)
refused("copy without overwriting", 412, lambda: images.copy_source_image("other", "acme", plain.hash, overwrite="F"))
call("copy_multiple_source_images", lambda: images.copy_multiple_source_images("other", [plain.hash, image.hash], "acme"))
call("delete_source_image_cache", lambda: images.delete_source_image_cache("acme", image.hash))

# Stacks.
resize = rokka.StackOperation(name="resize", options={"width": 200})
definition = rokka.StackDefinition(stack_operations=[resize], stack_options={"jpg.quality": 70})
same("create_stack", call("create_stack", lambda: stacks.create_stack(definition, "acme", "thumb")).stack_options, {"jpg.quality": 70})
refused("create_stack again", 409, lambda: stacks.create_stack(definition, "acme", "thumb"))
call("create_stack over it", lambda: stacks.create_stack(definition, "acme", "thumb", overwrite=True))
same("get_stack", call("get_stack", lambda: stacks.get_stack("acme", "thumb")).stack_operations[0].options, {"width": 200})
same("list_stacks", [one.name for one in call("list_stacks", lambda: stacks.list_stacks("acme")).items], ["thumb"])
wide = rokka.StackDefinition(stack_operations=[rokka.StackOperation(name="resize", options={"width": 10001})])
refused("a width out of range", 400, lambda: stacks.create_stack(wide, "acme", "odd"))
same("list_operations", "resize" in (call("list_operations", lambda: stacks.list_operations()) or {}), True)
call("list_stack_options", lambda: stacks.list_stack_options())


# Renderings.
def rendering(stack, name):
    try:
        with urllib.request.urlopen(f"{os.environ['ROKKA_RENDER']}/{stack}/{name}") as response:
            return response.status, response.headers["content-type"]
    except urllib.error.HTTPError as error:
        return error.code, None


same("rendering", call("render", lambda: rendering("thumb", f"{plain.hash}.jpg")), (200, "image/jpeg"))
same("unknown stack", call("render", lambda: rendering("dynamic/resize-width-20", "abcdef0.jpg")), (404, None))
call("delete_stack", lambda: stacks.delete_stack("acme", "thumb"))

# Organizations, members, keys.
same("get_organization", call("get_organization", lambda: admin.get_organization("acme")).name, "acme")
new = rokka.OrganizationDefinition(billing_email="third@example.com", display_name="The third")
same("create_organization", call("create_organization", lambda: admin.create_organization("third", new)).display_name, "The third")
options = rokka.OrganizationOptions(remote_fullurl_allow=True, remote_fullurl_whitelist=["example"])
call("create_organization_options", lambda: admin.create_organization_options("third", options))
user = call("create_user", lambda: admin.create_user(rokka.UserDefinition(email="new@example.com")))
same("create_user", user.email, "new@example.com")
call("create_membership", lambda: admin.create_membership(rokka.Role(roles=["read"]), "acme", user.id))
same("get_membership", call("get_membership", lambda: admin.get_membership("acme", user.id)).user_id, user.id)
machine = call("create_membership_and_user", lambda: admin.create_membership_and_user(rokka.Roles(roles=["sourceimages:read"]), "acme"))
same("list_membership", len(call("list_membership", lambda: admin.list_membership("acme")).items), 3)
reader = rokka.Configuration()
reader.host = configuration.host
reader.api_key = {"api-key": user.api_key}
reading = rokka.SourceimagesApi(rokka.ApiClient(reader))
same("list by a reader", call("list_source_images", lambda: reading.list_source_images("acme")).total, 4)
refused("delete by a reader", 403, lambda: reading.delete_source_image("acme", plain.hash))
call("delete_membership", lambda: admin.delete_membership("acme", user.id))
refused("list by nobody", 403, lambda: reading.list_source_images("acme"))
call("get_user", lambda: admin.get_user())
call("get_billing", lambda: admin.get_billing("acme"))

# The end of an image.
call("delete_source_image", lambda: images.delete_source_image("acme", image.hash))
refused("a deleted image", 404, lambda: images.get_source_image("acme", image.hash))
same("deleted", call("list_source_images", lambda: images.list_source_images("acme", deleted=True)).total, 1)
call("restore_source_image", lambda: images.restore_source_image("acme", image.hash))
finish()
