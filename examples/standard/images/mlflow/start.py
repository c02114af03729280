"""Start MLflow behind passwords, one account for each kind of work.

Addresses come from the environment, secrets from files below SECRETS: a password is in no
argument and in no manifest. Accounts are made anew at every start, so their database is the pod's
own (MLflow cannot keep it in MySQL: its tables repeat the name of a foreign key).
"""

import os
from pathlib import Path

from sqlalchemy.engine import make_url

SECRETS = Path(os.environ.get("SECRETS", "/run/secrets/mlflow"))
STORE_KEYS = {"accesskey": "AWS_ACCESS_KEY_ID", "secretkey": "AWS_SECRET_ACCESS_KEY"}
OWN = Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108 - of this pod alone
CONFIG = OWN / "basic_auth.ini"
ACCOUNTS = f"sqlite:///{OWN / 'accounts.db'}"
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


def configure() -> None:
    """Write the access rules and set MLflow's variables."""
    password = {"password": secret("database")} if (SECRETS / "database").exists() else {}
    address = make_url(os.environ["DATABASE_URI"]).set(**password)
    CONFIG.write_text(
        f"[mlflow]\ndefault_permission = NO_PERMISSIONS\ndatabase_uri = {ACCOUNTS}\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
        "auth_cache_ttl_seconds = 60\n"  # else each call hashes the password again
    )
    keys = {name: secret(file) for file, name in STORE_KEYS.items() if (SECRETS / file).exists()}
    os.environ |= SWITCHED_OFF | keys
    os.environ |= {
        "MLFLOW_AUTH_ADMIN_PASSWORD": secret("admin"),
        "MLFLOW_AUTH_ADMIN_USERNAME": "admin",
        "MLFLOW_AUTH_CONFIG_PATH": str(CONFIG),
        "MLFLOW_BACKEND_STORE_URI": address.render_as_string(hide_password=False),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": secret("session-key"),
    }


def make_accounts() -> None:
    """Give each account its password and grants; a restarted container has the accounts already."""
    from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

    store = SqlAlchemyStore()
    store.init_db(ACCOUNTS)
    for account in ("admin", *GRANTS):
        if store.has_user(account):
            store.update_user(account, password=secret(account))
        else:
            store.create_user(account, secret(account), is_admin=account == "admin")
    for account, permission in GRANTS.items():
        for resource in RESOURCES:
            store.grant_user_permission(account, resource, "*", permission)


if __name__ == "__main__":
    configure()
    make_accounts()
    os.execvp(SERVER[0], SERVER)  # noqa: S606 - a fixed command
