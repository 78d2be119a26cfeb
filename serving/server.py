"""Serving an application with uvicorn."""

import sys

import uvicorn

from serving import logs
from serving.protocol import allow_files

KEEP_ALIVE_SECONDS = 15  # longer than a client of ours keeps a connection, or it would use one that is just closing


def serve(
    factory: str,
    *,
    host: str,
    port: int,
    workers: int,
    protocol: str = "serving.protocol:BoundedProtocol",
) -> None:
    """Serve an application until the process is stopped.

    `factory` names the function that makes the application, which each process calls, and `protocol` the class of
    connections; both as `module:name`, because they are passed on to processes.
    """
    allow_files()
    uvicorn.run(
        factory,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http=protocol,
        ws="none",
        proxy_headers=False,  # uvicorn would believe loopback's; see serving.proxies
        server_header=False,
        access_log=False,
        log_config=logs.make_configuration(is_terminal=sys.stderr.isatty()),
        log_level="warning",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
    )
