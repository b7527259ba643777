"""What is known: provinces, technology classes, tables and boundaries."""
