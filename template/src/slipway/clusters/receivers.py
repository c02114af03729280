"""What the values of a cluster say about who is told of an alert; what is secret is a Secret."""

from typing import Annotated

from pydantic import Field

from .document import Part
from .forms import written

# Addresses are put between the single quotes of Alertmanager's configuration.
Mail = Annotated[str, written(r"[^@\s,']+@[^@\s,']+", "one address, such as team@example.com")]
Mails = Annotated[
    str, written(r"[^@\s,']+@[^@\s,']+(, [^@\s,']+@[^@\s,']+)*", "addresses with a comma between")
]
User = Annotated[str, written(r"[^\s']+", "a name without spaces and single quotes")]


class Email(Part):
    """A mail server that takes a password, and whom it writes to."""

    from_: Annotated[Mail, Field(alias="from")]
    smtp: Annotated[str, written(r"[^:/\s']+:\d{1,5}", "host:port")]
    to: Mails
    user: User


class Slack(Part):
    """A channel."""

    channel: Annotated[str, written(r"#[^\s'#]+", "# and the name of a channel")]


class Alerts(Part):
    """Where alerts link to, and how they reach people; the project has one way or none."""

    grafana: Annotated[
        str, written(r"(https?://[^\s']*[^\s'/])?", "nothing, or the address without a last slash")
    ]
    email: Email | None = None
    slack: Slack | None = None
