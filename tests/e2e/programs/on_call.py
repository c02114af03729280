"""Runs in a pod: whom Alertmanager tells. It prints a line of JSON for each alert that it is told.

`owner` is the path of whoever owns the project, `heartbeat` of somebody outside the cluster.
"""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT = 443  # the only one to which Alertmanager is let out


class OnCall(BaseHTTPRequestHandler):
    """Takes what Alertmanager posts."""

    def do_POST(self) -> None:
        """Print what came."""
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for alert in message["alerts"]:
            labels = alert["labels"]
            line = {
                "at": time.time(),
                "who": self.path.strip("/"),
                "group": message["groupKey"],
                "status": alert["status"],
                "alert": labels["alertname"],
                "environment": labels.get("environment", ""),
                "severity": labels["severity"],
            }
            print(json.dumps(line), flush=True)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing but what was told."""


ThreadingHTTPServer(("", PORT), OnCall).serve_forever()
