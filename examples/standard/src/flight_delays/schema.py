"""The data's contract: types, units, ranges and meaning of every column.

The server's input checks, the quarantine and the data dictionary are all made from here.
"""

import dataframely as dy

from .outcome import Labels

__all__ = ["Features", "Labels"]


class Features(dy.Schema):
    """One flight as it is known before departure."""

    flight_id = dy.String(
        primary_key=True,
        description="Carrier, flight number, origin and scheduled departure.",
        metadata={"role": "key"},
    )
    scheduled_departure = dy.Datetime(
        resolution="1m",
        description="Departure in the timetable.",
        metadata={"role": "time", "unit": "local time"},
    )
    carrier = dy.String(regex="^[A-Z0-9]{2}$", description="IATA code of the airline.")
    origin = dy.String(regex="^[A-Z]{3}$", description="IATA code of the airport left.")
    dest = dy.String(regex="^[A-Z]{3}$", description="IATA code of the airport flown to.")
    distance = dy.Float32(
        min=1, max=12000, description="Between the two airports.", metadata={"unit": "mi"}
    )
    temperature = dy.Float32(
        nullable=True, min=-60, max=130, description="At the origin.", metadata={"unit": "F"}
    )
    humidity = dy.Float32(
        nullable=True, min=0, max=100, description="At the origin.", metadata={"unit": "%"}
    )
    wind_speed = dy.Float32(
        nullable=True, min=0, max=150, description="At the origin.", metadata={"unit": "mph"}
    )
    precipitation = dy.Float32(
        nullable=True, min=0, max=12, description="Of one hour.", metadata={"unit": "in"}
    )
    pressure = dy.Float32(
        nullable=True, min=850, max=1100, description="At sea level.", metadata={"unit": "mbar"}
    )
    visibility = dy.Float32(
        nullable=True, min=0, max=20, description="At the origin.", metadata={"unit": "mi"}
    )
