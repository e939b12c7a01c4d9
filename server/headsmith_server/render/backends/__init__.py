"""Other rasterisers behind the signature of rasterise; each imports its package only here."""
