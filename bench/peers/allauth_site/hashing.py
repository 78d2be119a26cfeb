"""Argon2id at the cost that our backend pays."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class OwaspHasher(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19 * 1024  # KiB
    parallelism = 1
