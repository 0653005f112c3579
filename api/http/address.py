"""Where the service listens: checked before anything is started, and written as a URL."""

import socket

from api.settings import BadSetting, Settings


def check_address(host: str, port: int) -> None:
    """Raises BadSetting where the address cannot be served on. Granian itself would share a taken port."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadSetting(
            f"cannot serve on {host} port {port} ({reason}): choose another with --port or READOUT_PORT"
        ) from None


def base_url(settings: Settings) -> str:
    """`http://127.0.0.1:8000`."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{settings.port}"
