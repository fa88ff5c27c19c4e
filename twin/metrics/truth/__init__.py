"""What can be checked in a sentence without a model: numbers, dates, names, quotations, links."""
