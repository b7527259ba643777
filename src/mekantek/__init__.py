"""The geography of technology in trade, tested."""
