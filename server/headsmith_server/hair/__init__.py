"""Hair as strands: styles grown from the scalp, facial hair, colours, and cards for engines that know no strands."""
