"""The studio: the pages of `twin serve`, and the one warm twin that pages and REST share."""
