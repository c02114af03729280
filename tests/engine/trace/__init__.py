"""Tests of `slipway trace`."""
