"""One file for each vector database; a file's name is what `index.store` calls it."""
