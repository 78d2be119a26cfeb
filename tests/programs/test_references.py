"""What `make bench` measures against renders the profile's own template, with a context of its own."""

from pathlib import Path

import httpx

from tests.kit.markup import parse
from tests.kit.serving import start


def test_the_profile_that_speed_is_measured_against_still_renders(tmp_path: Path) -> None:
    with start("bench.references", {}, tmp_path, path="/plain") as references:
        pages = [parse(httpx.get(f"{references.url}{path}").text) for path in ("/page", "/page-of-three")]
    assert [len(page.all("li.session")) for page in pages] == [1, 3]
