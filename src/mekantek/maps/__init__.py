"""Maps and pages that open with the network unplugged."""
