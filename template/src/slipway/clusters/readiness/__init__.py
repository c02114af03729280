"""What Git and a cluster still lack: the list is clusters/readiness/differences.yaml."""
