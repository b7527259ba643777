"""Does a class grow denser in one direction: the report's west-to-east claim."""

from mekantek.findings.gradients.finding import gradient
from mekantek.findings.gradients.words import labelled, one_word

__all__ = ["gradient", "labelled", "one_word"]
