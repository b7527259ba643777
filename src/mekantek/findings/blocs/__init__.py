"""Is a variable higher in named regions than elsewhere."""

from mekantek.findings.blocs.finding import bloc, bloc_told

__all__ = ["bloc", "bloc_told"]
