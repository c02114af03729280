"""Tests of the model server; a package, so that they share how a server is run."""
