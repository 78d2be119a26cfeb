"""How requests name a bucket or a file, and the JSON of one."""

from collections.abc import Mapping
from typing import Any

from backend.http.file_shapes import file_to_json
from backend.http.requests import BackendRequest, authenticate, get_services, read_json
from backend.kernel.file_addresses import make_file_path
from backend.rules.buckets import BucketRef
from backend.rules.file_changes import Description
from backend.rules.files import FileRef
from backend.rules.sessions import SignedIn
from backend.store.records import File


async def read_ref(request: BackendRequest) -> FileRef:
    """Read `{bucket, file}`, each a name or an id, of one's own. Raises as `authenticate` and `read_json`."""
    return make_ref(await authenticate(request), await read_json(request))


def make_ref(me: SignedIn, body: Mapping[str, Any]) -> FileRef:
    return FileRef(make_bucket_ref(me, body), body.get("file"))


async def read_bucket_ref(request: BackendRequest) -> BucketRef:
    """Read `{bucket}`, a name or an id, of one's own. Raises as `read_ref`."""
    return make_bucket_ref(await authenticate(request), await read_json(request))


def make_bucket_ref(me: SignedIn, body: Mapping[str, Any], field: str = "bucket") -> BucketRef:
    return BucketRef(me.user.id, body.get(field))


def make_description(body: Mapping[str, Any]) -> Description:
    """Make what `{newName?, isPublic?, tags?}` says of a file or a bucket."""
    return Description(body.get("newName"), body.get("isPublic"), body.get("tags"))


def show_file(request: BackendRequest, file: File) -> dict[str, Any]:
    """Return a file's JSON. The bucket `root` has the id of the environment."""
    services = get_services(request)
    environment = services.store.environment_id
    bucket = file.bucket_id or environment
    return file_to_json(file, f"{services.settings.public.url}{make_file_path(environment, bucket, file.id)}", bucket)
