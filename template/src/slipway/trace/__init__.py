"""`slipway trace`: what belongs to one request, run or command, as a tree with its lines."""

from . import find, next_steps, tree


def main(identity: str, address: str, cluster: str) -> None:
    """Print the trace that an id leads to, or the newest traces where none is given.

    `address` is that of a cluster's store, asked besides what this machine has kept.

    Raises:
        ProjectError: Nothing is kept of it, or the store does not answer.
    """
    if not identity:
        print("\n".join(tree.listed(find.newest(address), cluster)))
        return
    records = find.of(identity, address)
    for text in (tree.drawn(records), tree.lines(records), next_steps.told(records, cluster)):
        if text:
            print("\n".join(text))
