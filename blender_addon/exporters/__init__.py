"""Files for other programs, and the .blend itself. Every file appears whole or not at all."""
