"""What a draft may stand on and take its voice from: passages of the author's own and of links, and exemplars."""
