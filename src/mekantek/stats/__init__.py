"""Mathematics of values on a graph; knows nothing of provinces, files or maps."""
