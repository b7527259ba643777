"""The spatial claims of the report, tested."""
