"""The network of drugs, genes and diseases: read from the files of the source `drug-network`, kept as sparse matrices.

It holds no treatment: what treats what comes from the training file of a command, and from nowhere else.
"""

from .open import open_network
from .structure import Edges, Network, Nodes

__all__ = ["Edges", "Network", "Nodes", "open_network"]
