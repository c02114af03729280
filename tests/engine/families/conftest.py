"""The tests of networks run in an environment with PyTorch alone: `make test-network`."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["test_network*.py"]
