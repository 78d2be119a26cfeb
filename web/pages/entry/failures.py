"""What can go wrong when a form of a guest is sent to the backend, told in the form itself."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from web.api.errors import Unreachable
from web.forms.base import Form

log = logging.getLogger("web")


@contextmanager
def taking_failures(form: Form) -> Iterator[None]:
    """Turn an ApiError and Unreachable raised inside into errors and complaints of a form, and go on after the block.

    Elsewhere Unreachable ends at a page of its own. Here nobody is logged in yet, so the form can be shown without the
    backend, with what was typed and beside the button that was pressed.
    """
    try:
        with form.taking_refusals():
            yield
    except Unreachable as silence:
        log.warning("backend unreachable: %s", silence)
        form.report_silence()
