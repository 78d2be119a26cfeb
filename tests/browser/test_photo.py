"""The comforts around a photo: seen before it is sent, dropped and pasted, and its sending can be stopped."""

from __future__ import annotations

import base64
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.kit.browser_steps import (
    expect_focus,
    expect_message,
    join_quickly,
    new_address,
    open_page,
    photo,
    record_posts,
)
from tests.kit.photo_files import encode_image

HAND_OVER = """([encoded, type]) => {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "me.png", { type: "image/png" }));
    const any = { bubbles: true, cancelable: true };
    const event = type === "paste" ? new ClipboardEvent("paste", { clipboardData: transfer, ...any })
        : new DragEvent("drop", { dataTransfer: transfer, ...any });
    document.querySelector("main").dispatchEvent(event);
}"""

CANCEL = """() => {
    document.querySelector("#cancel-photo").click();
    return document.querySelectorAll("#preview img").length;
}"""


def hand_over(page: Page, how: str) -> None:
    page.evaluate(HAND_OVER, [base64.b64encode(photo()["buffer"]).decode(), how])


def test_a_photo_is_seen_before_it_is_sent_dropped_or_pasted(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        for how in ("drop", "paste"):
            page.reload()
            sent = record_posts(page, "/profile/avatar")
            hand_over(page, how)
            expect(page.locator("#preview img")).to_have_count(1)
            expect(page.locator("#save-photo")).to_be_focused()
            assert not sent
        page.locator("#change-name").click()
        page.locator("#name").press("Enter")
        expect_message(page, "Name saved.")
        expect(page.locator("#preview img")).to_have_count(1)
        page.locator("#save-photo").click()
        expect_message(page, "Photo saved.")
        expect(page.locator("#preview img")).to_have_count(0)
        expect(page.locator("#portrait img")).to_have_count(1)


def test_a_chosen_photo_is_named_to_those_who_do_not_see_it_and_escape_leaves_it(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        sent = record_posts(page, "/profile/avatar")
        page.locator("#avatar").set_input_files(photo())
        expect(page.locator("#save-photo")).to_be_focused()
        expect(page.locator("#save-photo")).to_have_accessible_description("me.png")
        page.keyboard.press("Escape")
        expect(page.locator("#change-photo")).to_be_focused()
        expect(page.locator("#preview img")).to_have_count(0)
        assert not sent


def test_what_phones_make_is_sent_as_it_is(chromium: Browser, site: str, tmp_path: Path) -> None:
    """Also where the browser itself cannot show it before it is sent."""
    picture, previews = Image.linear_gradient("L").convert("RGB"), {"HEIF": 0, "AVIF": 1}
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        for kind, count in previews.items():
            file = tmp_path / f"IMG_1.{'HEIC' if kind == 'HEIF' else kind}"
            file.write_bytes(encode_image(picture, kind))
            page.locator("#avatar").set_input_files(file)
            expect(page.locator("#preview img")).to_have_count(count)
            page.locator("#save-photo").click()
            expect_message(page, "Photo saved.")
            shown = page.locator("#portrait img")
            expect(shown).to_have_js_property("naturalWidth", 512)
            page.reload()


def test_the_sending_of_a_photo_is_shown_and_can_be_stopped(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        slowly = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 30_000}
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", slowly)
        noise = {"name": "me.png", "mimeType": "image/png", "buffer": b"\x89PNG" + bytes(900_000)}
        page.locator("#avatar").set_input_files(noise)  # type: ignore[arg-type]
        page.locator("#save-photo").click()
        bar = page.get_by_role("progressbar", name="Uploading the photo")
        expect(bar).to_be_visible()
        expect(bar).not_to_have_js_property("value", 0)
        page.locator("#cancel-photo").click()
        expect(bar).to_be_hidden()
        expect_focus(page, "save-photo")
        expect(page.locator("#status")).to_be_empty()
        assert page.locator("#avatar").evaluate("(field) => field.files.length") == 1
        assert page.evaluate(CANCEL) == 0, "the portrait is back at once"
        expect_focus(page, "change-photo")


def test_a_photo_that_cannot_be_had_leaves_the_initials(chromium: Browser, site: str) -> None:
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada Lovelace")
        page.locator("#avatar").set_input_files(photo())
        page.locator("#save-photo").click()
        expect_message(page, "Photo saved.")
        page.route("**/_storage/**", lambda route: route.fulfill(status=404, body=""))
        page.reload()
        expect(page.locator("#portrait")).to_have_text("AL")
        assert page.locator("#portrait img").evaluate("(image) => image.naturalWidth") == 0


def test_a_photo_that_a_proxy_refuses_is_refused_at_its_field(chromium: Browser, site: str) -> None:
    """Its page is not ours, and to try again is no use."""
    with open_page(chromium, site) as page:
        join_quickly(page, new_address(), "Ada")
        page.route(
            "**/profile/avatar", lambda route: route.fulfill(status=413, content_type="text/html", body="<h1>413</h1>")
        )
        page.locator("#avatar").set_input_files(photo())
        page.locator("#save-photo").click()
        expect(page.locator("#avatar-error")).to_contain_text("too large to upload")
        expect(page.locator("#change-photo")).to_be_focused()
        expect(page.locator("#status")).not_to_contain_text("We couldn’t reach the server")
        page.unroute("**/profile/avatar")
        page.locator("#avatar").set_input_files(photo())
        expect(page.locator("#avatar-error")).to_be_empty()
        page.locator("#save-photo").click()
        expect_message(page, "Photo saved.")
