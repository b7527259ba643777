"""``python -m mekantek.cli``."""

from mekantek.cli import main

main()
