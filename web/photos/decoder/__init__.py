"""A stranger's photo -> one square WebP, in a process of its own: `python -m web.photos.decoder <photo >square`.

Codecs in C meet the file here and nowhere else: a decode that costs too much is ended with its process
(process_limits.py), and what such a codec could be led to do, it does where nothing can be opened. The site's side is
decoder_process.py.
"""
