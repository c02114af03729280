"""What pods hold, as the kubelets of their nodes see it."""

import json

from offline import cluster


def held(made: cluster.Cluster, namespace: str) -> dict[str, float]:
    """Return the MiB of each pod of a namespace; 0 of one that was not measured yet."""
    found = {}
    for node in made.nodes():
        text = made.kubectl("get", "--raw", f"/api/v1/nodes/{node}/proxy/stats/summary")
        for pod in json.loads(text)["pods"]:
            if pod["podRef"]["namespace"] == namespace:
                size = pod.get("memory", {}).get("workingSetBytes", 0)
                found[pod["podRef"]["name"]] = size / 2**20
    return found
