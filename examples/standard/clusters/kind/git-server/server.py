"""Git over HTTP for the local cluster: `git http-backend` behind a web server."""

import os
import re
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

ROOT = Path(os.environ.get("GIT_ROOT", "/srv/git"))
PORT = 8080
SERVICES = r"info/refs|git-upload-pack|git-receive-pack"
ADDRESS = re.compile(rf"/((?:\w[\w.-]*/)*\w[\w.-]*?)(?:\.git)?/({SERVICES})", re.ASCII)
CONFIG = {
    "gc.auto": "0",
    "http.receivepack": "true",
    "receive.advertisePushOptions": "true",
    "safe.directory": "*",
    "uploadpack.allowAnySHA1InWant": "true",
}


class Handler(BaseHTTPRequestHandler):
    """Answers one request by running `git http-backend`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer a health check or a request of Git."""
        path, _, query = self.path.partition("?")
        match = ADDRESS.fullmatch(path)
        if path == "/healthz":
            self._answer(200, [], b"ok\n")
        elif not match or ".." in path or not self._exists(match[1]):
            self._answer(404, [], b"no such repository\n")
        else:
            self._run_git(f"/{match[1]}.git/{match[2]}", query)

    def do_POST(self) -> None:
        """Answer a request of Git."""
        self.do_GET()

    def _exists(self, name: str) -> bool:
        """Tell whether a repository is there; the first push makes it."""
        repository = ROOT / f"{name}.git"
        if not repository.is_dir() and "git-receive-pack" in self.path:
            command = ["git", "init", "--quiet", "--bare", "--initial-branch=main"]
            subprocess.run([*command, str(repository)], check=True)
        return repository.is_dir()

    def _run_git(self, path: str, query: str) -> None:
        body = b"".join(self._body())
        environment = {
            **os.environ,
            **_git_config(),
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROJECT_ROOT": str(ROOT),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": self.client_address[0],
            "REQUEST_METHOD": self.command,
        }
        command = ["git", "http-backend"]
        done = subprocess.run(command, input=body, stdout=subprocess.PIPE, env=environment)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = [line.split(": ", 1) for line in head.decode("latin-1").split("\r\n")]
        headers = {field[0]: field[1] for field in fields if len(field) == 2}
        status = int(headers.pop("Status", "200").split()[0])
        self._answer(status, list(headers.items()), content)

    def _body(self) -> Iterator[bytes]:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            yield self.rfile.read(int(self.headers.get("Content-Length") or 0))
            return
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _answer(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        self.send_response(status)
        for name, value in [*headers, ("Content-Length", str(len(content)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _git_config() -> dict[str, str]:
    """Return Git's settings as environment variables."""
    pairs = {f"GIT_CONFIG_KEY_{i}": key for i, key in enumerate(CONFIG)}
    pairs |= {f"GIT_CONFIG_VALUE_{i}": value for i, value in enumerate(CONFIG.values())}
    return {"GIT_CONFIG_COUNT": str(len(CONFIG)), **pairs}


if __name__ == "__main__":
    ROOT.mkdir(parents=True, exist_ok=True)
    ThreadingHTTPServer(("", PORT), Handler).serve_forever()
