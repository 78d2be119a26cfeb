"""The contract's shapes: users, sessions, files, and the one envelope that every refusal comes in."""

import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

from backend.kernel.devices import device
from backend.kernel.refusals import Problem, RefusalError
from backend.rules.access_tokens import LinkStatus
from backend.rules.pending_mail import Pending
from backend.rules.sessions import NewSession, SignedIn
from backend.store.records import Bucket, File, Session, Usage, User

# Each code's status and words. Two of the texts are compared literally by applications; they are marked.
REFUSALS: dict[str, tuple[int, str]] = {
    "validation_error": (400, "The request is not valid."),
    "unsupported_email": (400, "The mail server takes no address with letters beyond ASCII before the @."),
    "invalid_request_body_syntax": (400, "The request body is not a JSON object that can be read."),
    "missing_access_token": (400, "Invalid or expired access token"),  # applications show it to people
    "email_not_unique": (400, "A user with the provided email already exists."),  # literal
    "phone_not_unique": (400, "A user with the provided phone already exists."),
    "invalid_field": (400, "This field cannot be set."),
    "file_upload_error": (400, "The file could not be read from the request."),
    "invalid_client_key": (401, "The client key is missing or not valid."),
    "missing_session_token": (401, "This needs a session."),
    "invalid_session_token": (401, "The session has ended or never was."),
    "invalid_sign_in_credentials": (401, "The email or the password is not right."),
    "invalid_credentials": (401, "The password is not right."),
    "email_not_verified": (401, "The email address has not been verified yet."),  # literal
    "email_already_verified": (401, "The email address has already been verified."),
    "invalid_token_type": (401, "This access token is for something else."),
    "password_required": (401, "The password was typed in another browser. Choose a new one."),
    "not_allowed": (401, "This is not offered here."),
    "invalid_access_token": (403, "Invalid or expired access token"),
    "permission_denied": (403, "Only your own record can be used here."),
    "not_public": (403, "The file is not public."),
    "unknown_access_token": (404, "Invalid or expired access token"),
    "user_not_found": (404, "The user does not exist."),
    "session_not_found": (404, "The session does not exist."),
    "model_not_found": (404, "The model does not exist."),
    "bucket_not_found": (404, "The bucket does not exist."),
    "file_not_found": (404, "The file does not exist."),
    "resource_not_found": (404, "There is nothing here."),
    "method_not_allowed": (405, "This method cannot be used here."),
    "request_body_size_too_large": (413, "The request is too large."),
    "unsupported_media_type": (415, "The request must be sent as application/json."),
    "range_not_satisfiable": (416, "The file has no such part."),
    "rate_limit_exceeded": (429, "Too many tries. Try again later."),
    "internal_server_error": (500, "Something went wrong here."),
    "server_busy": (503, "The server is busy. Try again in a moment."),
    "service_unavailable": (503, "The server cannot do this now. Try again in a moment."),
}
# Codes that have a name of their own inside, where the contract has one name for several things.
SAID_AS = {"unknown_access_token": "invalid_access_token"}


class Json(JSONResponse):
    """JSON in ASCII: whatever a client stored comes back, and nothing in between can stumble over it."""

    def __init__(self, content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        guarded = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        super().__init__(content, status, {**guarded, **(headers or {})})

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":"), allow_nan=False).encode("ascii")


def done() -> Response:
    """Success with nothing to say. The official client needs JSON even then."""
    return Json({})


def refused(error: RefusalError, headers: Mapping[str, str] | None = None) -> Response:
    status = REFUSALS[error.problems[0].code][0]
    later = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return Json({"errors": [_item(problem) for problem in error.problems]}, status, {**later, **(headers or {})})


def refused_by_status(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """The envelope for an error that only has a status."""
    codes = {404: "resource_not_found", 405: "method_not_allowed", 413: "request_body_size_too_large"}
    code = codes.get(status, "validation_error" if status < 500 else "internal_server_error")
    message = REFUSALS[code][1] if status in codes or status >= 500 else HTTPStatus(status).phrase
    return Json({"errors": [_item(Problem(code, message))]}, status, headers)


def _item(problem: Problem) -> dict[str, Any]:
    status, words = REFUSALS[problem.code]
    item: dict[str, Any] = {
        "origin": "server_error" if status >= 500 else "client_error",
        "code": SAID_AS.get(problem.code, problem.code),
        "message": problem.message or words,
    }
    if problem.details:
        item["details"] = problem.details
    return item


def user_json(user: User) -> dict[str, Any]:
    """A user, its free fields flat beside the others. Never its password."""
    optional = {"name": user.name, "profilePicture": user.profile_picture}
    return {
        **json.loads(user.fields),
        "_id": user.id,
        "provider": "altogic",
        "providerUserId": user.id,
        "email": user.email,
        "emailVerified": user.email_verified,
        **{key: value for key, value in optional.items() if value is not None},
        "language": user.language,
        "timezone": user.timezone,
        "signUpAt": moment(user.sign_up_at),
        "lastLoginAt": moment(user.last_login_at),
    }


def session_json(session: Session, token: str) -> dict[str, Any]:
    """`token` is the presented one for the caller's own session, a public handle for every other."""
    return {
        "userId": session.user_id,
        "token": token,
        "creationDtm": moment(session.created_at),
        "accessGroupKeys": [],
        "userAgent": json.loads(session.device),
        "userAgentText": session.user_agent,
        "lastSeenDtm": moment(session.last_seen_at),
        "expiryDtm": moment(session.expires_at),
        "ip": session.address,
        "method": session.method,
        "label": session.label,
    }


def seen_by(me: SignedIn, session: Session) -> dict[str, Any]:
    return session_json(session, me.token if session.id == me.session.id else session.handle)


def opened_json(opened: NewSession) -> dict[str, Any]:
    return {"user": user_json(opened.user), "session": session_json(opened.session, opened.token)}


def link_status_json(status: LinkStatus) -> dict[str, Any]:
    """Whose link it is, how it stands, when and from which browser it was asked for, where its log-in is to lead, and
    what a confirmation still asks for."""
    link, confirmation = status.link, status.confirmation
    return {
        "action": link.kind,
        "email": link.email,
        "state": status.state,
        "createdDtm": moment(link.asked_at),
        "expiryDtm": moment(link.access_expires_at or link.expires_at),
        "userAgent": device(link.user_agent),
        "next": link.next_path,
        "passwordNeeded": confirmation.was_typed_elsewhere,
        "nameNeeded": confirmation.needs_name,
        "disownable": confirmation.can_be_cancelled,
    }


def pending_json(pending: Pending) -> dict[str, Any]:
    mail = pending.mail
    fate = mail and {
        "state": mail.state,
        "dtm": moment(mail.at),
        "nextTryDtm": moment(mail.next_try_at) if mail.next_try_at else None,
    }
    return {"state": pending.state, "mail": fate, "mailServer": "away" if pending.server_is_away else "here"}


def bucket_json(bucket: Bucket) -> dict[str, Any]:
    return {
        "_id": bucket.id,
        "name": bucket.name,
        "isPublic": bucket.is_public,
        "userId": bucket.user_id,
        "tags": json.loads(bucket.tags),
        "createdAt": moment(bucket.created_at),
        "updatedAt": moment(bucket.updated_at),
    }


def root_json(environment_id: str) -> dict[str, Any]:
    """Of the bucket that nobody made."""
    return {"_id": environment_id, "name": "root", "isPublic": True, "tags": []}


def usage_json(usage: Usage) -> dict[str, Any]:
    return {
        "objectsCount": usage.count,
        "totalStorageSize": usage.bytes,
        "averageObjectSize": usage.bytes / usage.count if usage.count else 0,
        "minObjectSize": usage.smallest,
        "maxObjectSize": usage.largest,
    }


def file_json(file: File, public_path: str, bucket_id: str) -> dict[str, Any]:
    return {
        "_id": file.id,
        "bucketId": bucket_id,
        "fileName": file.name,
        "size": file.size,
        "encoding": "7bit",
        "mimeType": file.mime_type,
        "publicPath": public_path,
        "isPublic": file.is_public,
        "uploadedAt": moment(file.uploaded_at),
        "updatedAt": moment(file.updated_at),
        "userId": file.user_id,
        "tags": json.loads(file.tags),
    }


def moment(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
