"""Does an index of development go with technology in exports: İLTEK, or an index of one's own."""

from mekantek.findings.indices.finding import iltek, index_ranks, one_to_one

__all__ = ["iltek", "index_ranks", "one_to_one"]
