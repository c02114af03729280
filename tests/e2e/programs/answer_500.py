"""Runs in a pod: answer every request with 500, on the object store's port."""

from http import server


class Broken(server.BaseHTTPRequestHandler):
    """Answers, and closes the connection."""

    def answer(self) -> None:
        """Answer 500 to whatever was asked."""
        self.send_response(500)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.close_connection = True

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer  # noqa: N815 - the names that http calls


server.ThreadingHTTPServer(("", 9000), Broken).serve_forever()
