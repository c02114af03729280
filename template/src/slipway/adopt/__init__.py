"""placeholder"""

from datetime import timedelta


def main(file: str, time: str, outcome: str, key: str | None, label_delay: timedelta) -> None: ...
