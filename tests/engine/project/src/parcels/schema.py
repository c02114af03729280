"""The contract of the made-up parcels: every kind of column that a model takes."""

import dataframely as dy


class Features(dy.Schema):
    """One parcel as it is known when it is handed over."""

    parcel_id = dy.String(
        primary_key=True, description="Number on the label.", metadata={"role": "key"}
    )
    handed_over = dy.Datetime(
        resolution="1m",
        description="When the parcel entered the depot.",
        metadata={"role": "time", "unit": "local time"},
    )
    depot = dy.String(regex="^[A-Z]{3}$", description="Where it was handed over.")
    country = dy.String(regex="^[A-Z]{2}$", description="ISO code of where it goes.")
    weight = dy.Float32(
        nullable=True, min=0, max=70, description="As weighed.", metadata={"unit": "kg"}
    )
    distance = dy.Float32(
        min=1, max=20000, description="From depot to address.", metadata={"unit": "km"}
    )
    pieces = dy.Int64(min=1, max=99, description="How many belong together.")
    express = dy.Bool(description="Whether it was sent express.")


class Labels(dy.Schema):
    """The outcome of one parcel, known days later."""

    parcel_id = dy.String(primary_key=True, description="As in the features.")
    label = dy.Int8(min=0, max=1, description="1 if it arrived late.")
