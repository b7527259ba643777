"""Local statistics: one number for every unit."""
