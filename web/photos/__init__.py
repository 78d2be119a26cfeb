"""Uploads of photos, and the decoder's processes."""
