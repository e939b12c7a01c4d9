"""Files for other programs, and the portrait studio."""
