"""Real servers of databases, each in a temporary directory, for as long as a block lasts."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ACCOUNT = "nobody"  # the servers refuse to be root
PASSWORD = "s3cret/with@signs"  # noqa: S105
ENCODED = "s3cret%2Fwith%40signs"
DEBIAN = (*map(str, Path("/usr/lib/postgresql").glob("*/bin")), "/usr/sbin")  # not on PATH
SYSTEM_TABLES = ("system_tables", "performance_tables", "system_tables_data")


@contextmanager
def postgres() -> Iterator[str]:
    """Run PostgreSQL and return the URL of an empty database."""
    with _directory() as home, _free_port() as port:
        data = home / "data"
        (home / "password").write_text(PASSWORD)
        _call(
            *(_program("initdb"), f"--pgdata={data}", "--username=owner", "--no-sync"),
            *(f"--pwfile={home / 'password'}", "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C"),
        )
        command = [_program("postgres"), "-D", data, "-k", home, "-p", port, "-F"]
        with _running(command, "ready to accept connections"):
            yield f"postgresql+pg8000://owner:{ENCODED}@127.0.0.1:{port}/postgres"


@contextmanager
def mariadb() -> Iterator[str]:
    """Run MariaDB and return the URL of an empty database."""
    with _directory() as home, _free_port() as port:
        options = ["--no-defaults", f"--datadir={home}", "--innodb-flush-log-at-trx-commit=0"]
        server, scripts = _program("mariadbd"), Path("/usr/share/mysql")
        tables = [(scripts / f"mysql_{name}.sql").read_text() for name in SYSTEM_TABLES]
        first = "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n"
        _call(server, *options, "--bootstrap", input="\n".join([first, *tables]))
        (home / "first.sql").write_text(
            "CREATE DATABASE shop;\n"
            f"CREATE USER 'owner'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';\n"
            "GRANT ALL ON shop.* TO 'owner'@'127.0.0.1';\n"
        )
        options += [f"--init-file={home / 'first.sql'}", f"--pid-file={home / 'pid'}"]
        options += [f"--port={port}", f"--socket={home / 'socket'}", "--bind-address=127.0.0.1"]
        with _running([server, *options, "--skip-name-resolve"], "ready for connections"):
            yield f"mysql+pymysql://owner:{ENCODED}@127.0.0.1:{port}/shop"


@contextmanager
def _directory() -> Iterator[Path]:
    """Return a directory that the servers' account owns, whoever runs the tests."""
    with tempfile.TemporaryDirectory(prefix="database", dir="/tmp") as name:
        if os.geteuid() == 0:
            shutil.chown(name, ACCOUNT)
        yield Path(name)


@contextmanager
def _free_port() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    yield str(port)


def _program(name: str) -> str:
    path = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *DEBIAN]))
    assert path, f"{name} is not installed: make test says which package has it"
    return path


def _as_account() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(ACCOUNT)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _call(*command: object, **options: Any) -> None:
    subprocess.run(
        [str(word) for word in command],
        check=True,
        text=True,
        cwd="/",
        stdout=subprocess.DEVNULL,
        **_as_account(),
        **options,
    )


@contextmanager
def _running(command: list[Any], ready: str) -> Iterator[None]:
    """Run a server from the line of its log that says so to the end of the block."""
    with subprocess.Popen(
        [str(word) for word in command],
        text=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        **_as_account(),
    ) as server:
        try:
            said = []
            for line in server.stderr or ():
                said.append(line)
                if ready in line:
                    break
            assert server.poll() is None, "".join(said)
            yield
        finally:
            server.send_signal(signal.SIGQUIT)
            server.wait()
