"""Global statistics: one number for the whole map."""
