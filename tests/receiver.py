"""A receiver of notifications on this machine, as Apprise's json:// sends them."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class Server:
    """Takes messages, or refuses them with a status."""

    def __init__(self, answer: int) -> None:
        self.messages: list[dict[str, str]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(answer)
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        self._http = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"json://user:secret@127.0.0.1:{self._http.server_port}/"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
