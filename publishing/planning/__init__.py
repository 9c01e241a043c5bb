"""When things go out, beyond a single moment."""
