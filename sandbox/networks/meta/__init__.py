"""What Facebook and Instagram share: the Graph's envelope, field expansion, paging and usage headers."""
