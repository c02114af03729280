"""What is written down and read again: each record has one type, and none imports the engine."""
