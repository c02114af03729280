"""What an environment has predicted: how far it drifted, how good it was, and what to do."""
