"""Trade records as users have them: read, classified and added up, to the cent."""
