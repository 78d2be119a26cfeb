"""The envelope of all answers: JSON, and one form for every refusal."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

from backend.kernel.refusals import Problem, RefusalError, refusal

# Each code's status and words. Two of the texts are compared literally by applications; they are marked.
REFUSALS: dict[str, tuple[int, str]] = {
    "validation_error": (400, "The request is not valid."),
    "unsupported_email": (400, "The mail server only accepts ASCII characters before the @."),
    "invalid_request_body_syntax": (400, "The request body is not a JSON object that can be read."),
    "missing_access_token": (400, "Invalid or expired access token"),  # applications show it to people
    "email_not_unique": (400, "A user with the provided email already exists."),  # literal
    "phone_not_unique": (400, "A user with the provided phone already exists."),
    "unsupported_phone": (400, "No SMS is sent to numbers of this kind or country."),
    "missing_phone_number": (400, "The phone number is missing."),
    "missing_sms_code": (400, "The SMS code is missing."),
    "invalid_action_type": (400, "This SMS code is for something else."),
    "phone_already_verified": (400, "The phone number has already been verified."),
    "invalid_field": (400, "This field cannot be set."),
    "file_upload_error": (400, "The file could not be read from the request."),
    "invalid_client_key": (401, "The client key is missing or not valid."),
    "missing_session_token": (401, "This needs a session."),
    "invalid_session_token": (401, "The session has ended or does not exist."),
    "invalid_sign_in_credentials": (401, "The email address or password is incorrect."),
    "invalid_credentials": (401, "The password is incorrect."),
    "invalid_provider": (401, "This account was made with a provider and has no password."),
    "email_not_verified": (401, "The email address has not been verified yet."),  # literal
    "email_already_verified": (401, "The email address has already been verified."),
    "phone_not_verified": (401, "The phone number has not been verified yet."),
    "phone_verification_disabled": (401, "Phone numbers are not verified here."),
    "sms_auth_codes_disabled": (401, "Logging in with an SMS code is not offered here."),
    "mismatch_values": (401, "The account has another phone number by now."),
    "invalid_token_type": (401, "This access token is for something else."),
    "password_required": (401, "The password was typed in another browser. Choose a new one."),
    "wrong_code": (401, "The code is wrong, or it no longer works."),
    "second_factor_required": (401, "This account needs a second factor too."),
    "invalid_ticket": (401, "This log-in has ended. Begin again."),
    "code_used": (401, "This code was used already. Wait for the next one."),
    "wrong_passkey": (401, "The passkey was not accepted."),
    "unknown_passkey": (401, "The passkey is not known here."),
    "challenge_expired": (401, "This took too long. Ask for new options."),
    "not_allowed": (401, "This is not offered here."),
    "confirmation_required": (403, "Confirm first that it is you."),
    "invalid_access_token": (403, "Invalid or expired access token"),
    "invalid_sms_code": (403, "Invalid or expired SMS code"),
    "permission_denied": (403, "Only your own record can be used here."),
    "not_public": (403, "The file is not public."),
    "unknown_access_token": (404, "Invalid or expired access token"),
    "user_not_found": (404, "The user does not exist."),
    "session_not_found": (404, "The session does not exist."),
    "passkey_not_found": (404, "The passkey does not exist."),
    "identity_not_found": (404, "The account is not connected."),
    "event_not_found": (404, "The event does not exist."),
    "model_not_found": (404, "The model does not exist."),
    "bucket_not_found": (404, "The bucket does not exist."),
    "file_not_found": (404, "The file does not exist."),
    "resource_not_found": (404, "There is nothing here."),
    "method_not_allowed": (405, "This method cannot be used here."),
    "factor_missing": (409, "Add an authenticator app or a passkey, and recovery codes, first."),
    "leaving": (409, "The account is about to be deleted. It can be kept first."),
    "not_leaving": (409, "The account is not about to be deleted."),
    "email_can_be_undone": (409, "The address was changed lately, and its old box can still undo that."),
    "name_changed": (409, "The name was changed meanwhile."),
    "passkey_known": (409, "An account has this passkey already."),
    "too_many_passkeys": (409, "The account has as many passkeys as it may have."),
    "identity_taken": (409, "Another account is connected with it already."),
    "last_way_in": (409, "Without it nobody could log in to the account."),
    "recovery_codes_gone": (409, "These recovery codes do not wait to be confirmed any more."),
    "nothing_pending": (409, "No change of the email address is pending."),
    "request_body_size_too_large": (413, "The request is too large."),
    "unsupported_media_type": (415, "The request must be sent as application/json."),
    "range_not_satisfiable": (416, "The file has no such part."),
    "rate_limit_exceeded": (429, "Too many attempts. Try again later."),
    "internal_server_error": (500, "Something went wrong."),
    "server_busy": (503, "The server is busy. Try again in a moment."),
    "cannot_send_sms_code": (503, "No SMS can be sent now. Try again later."),
    "service_unavailable": (503, "The server cannot do this now. Try again in a moment."),
}
# Codes that the contract has one name for, though the rules tell them apart.
CONTRACT_CODES = {"unknown_access_token": "invalid_access_token", "invalid_sms_code": "invalid_access_token"}

ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)  # json.dumps makes one each time


class Json(JSONResponse):
    """A JSON answer, in ASCII: so no proxy can damage what a client has stored."""

    def __init__(self, content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        guarded = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        super().__init__(content, status, {**guarded, **(headers or {})})

    def render(self, content: Any) -> bytes:
        return ENCODER.encode(content).encode("ascii")


def done() -> Response:
    """Answer with an empty object, as the official client needs JSON even of an answer that says nothing."""
    return Json({})


def answer_refusal(error: RefusalError, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with the envelope of a refusal, `{errors: [{origin, code, message, details?}]}`, and its Retry-After."""
    status = REFUSALS[error.problems[0].code][0]
    retry_after = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return Json(
        {"errors": [_error_to_json(problem) for problem in error.problems]}, status, {**retry_after, **(headers or {})}
    )


def answer_unavailable() -> Response:
    """Answer that the database cannot do it now."""
    unavailable = refusal("service_unavailable")
    unavailable.retry_after = 2
    return answer_refusal(unavailable)


def answer_status(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with the envelope of an error that has a status and nothing else."""
    codes = {404: "resource_not_found", 405: "method_not_allowed", 413: "request_body_size_too_large"}
    code = codes.get(status, "validation_error" if status < 500 else "internal_server_error")
    message = REFUSALS[code][1] if status in codes or status >= 500 else HTTPStatus(status).phrase
    return Json({"errors": [_error_to_json(Problem(code, message))]}, status, headers)


def _error_to_json(problem: Problem) -> dict[str, Any]:
    status, words = REFUSALS[problem.code]
    item: dict[str, Any] = {
        "origin": "server_error" if status >= 500 else "client_error",
        "code": CONTRACT_CODES.get(problem.code, problem.code),
        "message": problem.message or words,
    }
    if problem.details:
        item["details"] = problem.details
    return item
