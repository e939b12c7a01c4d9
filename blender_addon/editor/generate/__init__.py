"""Making a head from a sentence."""
