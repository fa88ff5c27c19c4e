"""From one text to another of the same: mended, refined, translated, for another place."""
