"""The model: a family and its parameters."""

from slipway.families.network import Network

MODEL = Network(
    width=128,
    blocks=2,
    dropout=0.1,
    learning_rate=0.001,
    batch_size=512,
    epochs=20,
)
