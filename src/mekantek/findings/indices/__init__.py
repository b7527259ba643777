"""Does an index of development go with technology in exports: İLTEK, or an index of one's own."""

from mekantek.findings.indices.finding import iltek
from mekantek.findings.indices.pairs import one_to_one
from mekantek.findings.indices.ranks import index_ranks

__all__ = ["iltek", "index_ranks", "one_to_one"]
