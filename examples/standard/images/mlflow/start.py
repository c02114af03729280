"""Start MLflow behind passwords, one account for each kind of work.

Addresses come from the environment, secrets from files below SECRETS: a password is in no
argument and in no manifest. Accounts are made, and their passwords renewed, at every start.
"""

import os
from pathlib import Path

from sqlalchemy.engine import make_url

SECRETS = Path(os.environ.get("SECRETS", "/run/secrets/mlflow"))
STORE_KEYS = {"accesskey": "AWS_ACCESS_KEY_ID", "secretkey": "AWS_SECRET_ACCESS_KEY"}
CONFIG = Path(os.environ.get("TMPDIR", "/tmp")) / "basic_auth.ini"  # noqa: S108 - the pod's own
RESOURCES = ("experiment", "registered_model")
GRANTS = {"training": "EDIT", "serving": "READ"}  # account: what it may do; others nothing
SWITCHED_OFF = {
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_AI_GATEWAY": "false",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
}
SERVER = [
    *("mlflow", "server", "--host", "0.0.0.0", "--port", "5000", "--workers", "1"),  # noqa: S104
    *("--app-name", "basic-auth", "--serve-artifacts"),
]


def secret(name: str) -> str:
    """Return the secret that is mounted under `name`."""
    return (SECRETS / name).read_text().strip()


def configure() -> str:
    """Write the access rules and set MLflow's variables; return the database's address."""
    password = {"password": secret("database")} if (SECRETS / "database").exists() else {}
    address = make_url(os.environ["DATABASE_URI"]).set(**password)
    database = address.render_as_string(hide_password=False)
    escaped = database.replace("%", "%%")
    CONFIG.touch(mode=0o600)
    CONFIG.write_text(
        f"[mlflow]\ndefault_permission = NO_PERMISSIONS\ndatabase_uri = {escaped}\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
        "auth_cache_ttl_seconds = 60\n"  # else each call hashes the password again
    )
    keys = {name: secret(file) for file, name in STORE_KEYS.items() if (SECRETS / file).exists()}
    os.environ |= SWITCHED_OFF | keys
    os.environ |= {
        "MLFLOW_AUTH_ADMIN_PASSWORD": secret("admin"),
        "MLFLOW_AUTH_ADMIN_USERNAME": "admin",
        "MLFLOW_AUTH_CONFIG_PATH": str(CONFIG),
        "MLFLOW_BACKEND_STORE_URI": database,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": secret("session-key"),
    }
    return database


def make_accounts(database: str) -> None:
    """Create what is missing, and give each account its password and its grants."""
    from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

    store = SqlAlchemyStore()
    store.init_db(database)
    for account in ("admin", *GRANTS):
        if store.has_user(account):
            store.update_user(account, password=secret(account))
        else:
            store.create_user(account, secret(account), is_admin=account == "admin")
    for account, permission in GRANTS.items():
        for resource in RESOURCES:
            store.grant_user_permission(account, resource, "*", permission)


if __name__ == "__main__":
    make_accounts(configure())
    os.execvp(SERVER[0], SERVER)  # noqa: S606 - a fixed command
