"""What Git and a cluster still lack: the list is clusters/preflight/differences.yaml."""
