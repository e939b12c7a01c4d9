"""Real skins, laid into the pocket head's UV layout and measured."""
