"""Money out, money in: return of posts, campaigns, networks and accounts, under declared models of attribution."""
