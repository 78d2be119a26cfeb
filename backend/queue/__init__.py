"""The queue of what leaves by a channel: leases, retries with backoff, giving up. It knows no channel."""
