"""Statements about files and buckets, by the method that makes them."""

from dataclasses import replace

from backend.store.records import ListPage
from tests.contract.store.query_plans.rows import ID, NOW, Work, make_bucket, make_file

PAGE = ListPage("name", descending=False, offset=0, limit=50)
TAGGED = ListPage("tags", descending=True, offset=0, limit=50, is_public=True, tag='"holiday"')
COPY = replace(make_file(7), id="f" * 24, name="copy.png")
WORK: dict[str, Work] = {
    "files.find_by_id": lambda queries: queries.files.find_by_id(ID),
    "files.find_for_user": lambda queries: queries.files.find_for_user(ID, ID),
    "files.find_in_bucket": lambda queries: queries.files.find_in_bucket(ID, make_bucket(7), "photo 7.png"),
    "files.find_in_bucket, root": lambda queries: queries.files.find_in_bucket(ID, None, "photo 7.png"),
    "files.list_page": lambda queries: queries.files.list_page(ID, make_bucket(7), PAGE),
    "files.list_page, by tag": lambda queries: queries.files.list_page(ID, None, TAGGED),
    "files.count_listed": lambda queries: queries.files.count_listed(ID, make_bucket(7), TAGGED),
    "files.list_everywhere": lambda queries: queries.files.list_everywhere(ID, TAGGED),
    "files.count_everywhere": lambda queries: queries.files.count_everywhere(ID, TAGGED),
    "files.measure_usage": lambda queries: queries.files.measure_usage(ID),
    "files.measure_bucket": lambda queries: queries.files.measure_bucket(ID, None),
    "files.set_visibility": lambda queries: queries.files.set_visibility(ID, make_bucket(7), is_public=False, now=NOW),
    "files.delete_named": lambda queries: queries.files.delete_named(ID, None, ["photo 7.png", ID]),
    "files.delete_bucket_files": lambda queries: queries.files.delete_bucket_files(ID, make_bucket(7)),
    "files.is_name_taken": lambda queries: queries.files.is_name_taken("photo 7.png"),
    "files.read_piece": lambda queries: queries.files.read_piece(ID, 0),
    "files.copy": lambda queries: queries.files.copy(make_file(7), COPY),
    "files.update": lambda queries: queries.files.update(make_file(7), name="photo.png"),
    "files.mark_unused": lambda queries: queries.files.mark_unused(ID, ID, NOW),
    "files.mark_used": lambda queries: queries.files.mark_used(ID, ID),
    "files.delete_some": lambda queries: queries.files.delete_some(ID, 10),
    "files.delete": lambda queries: queries.files.delete(ID),
    "buckets.find": lambda queries: queries.buckets.find(ID, "photos"),
    "buckets.list_page": lambda queries: queries.buckets.list_page(ID, TAGGED),
    "buckets.count_listed": lambda queries: queries.buckets.count_listed(ID, TAGGED),
    "buckets.count": lambda queries: queries.buckets.count(ID),
    "buckets.update": lambda queries: queries.buckets.update(make_bucket(7), is_public=False),
    "buckets.delete": lambda queries: queries.buckets.delete(make_bucket(7)),
}
