"""What a statistic would be by chance: counted, bracketed, approximated or drawn."""
