"""Statements about mails and the queue that they leave by, by the method that makes them."""

from tests.contract.store.query_plans.rows import ID, NOW, Work

WORK: dict[str, Work] = {
    "mails.find_by_id": lambda queries: queries.mails.find_by_id(ID),
    "mails.find_newest_awaited": lambda queries: queries.mails.find_newest_awaited(ID, "hash", ["email-confirm"]),
    "mails.find_newest_language": lambda queries: queries.mails.find_newest_language(ID),
    "mails.list_newest": lambda queries: queries.mails.list_newest(100),
    "queue.has_due": lambda queries: queries.queue.has_due("mail", NOW),
    "queue.claim": lambda queries: queries.queue.claim("mail", NOW, until=NOW),
    "queue.retry_now": lambda queries: queries.queue.retry_now("mail", NOW, later_than=NOW),
    "queue.renew_lease": lambda queries: queries.queue.renew_lease(ID, NOW, NOW),
    "queue.record_lost_answer": lambda queries: queries.queue.record_lost_answer(ID, failure="", next_try_at=NOW),
    "queue.mark_delivered": lambda queries: queries.queue.mark_delivered(ID, NOW),
    "queue.record_failure": lambda queries: queries.queue.record_failure(ID, failure="", next_try_at=NOW),
    "queue.mark_given_up": lambda queries: queries.queue.mark_given_up(ID, failure="", now=NOW),
    "queue.delete": lambda queries: queries.queue.delete(ID),
}
