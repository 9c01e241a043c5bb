"""Who takes the money of a shop's customers and tells the shop's owner about it: Stripe and PayPal."""
