"""The loop's contract, on the data and the schema of whatever project this is.

The plugin gives a project's own tests the fixtures `trained`, `model`, `rows` and `client`; the
tests beside it run with them. Nothing here touches the project's own var/.
"""
