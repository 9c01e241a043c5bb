"""What leaves: content, the ledger of publications, the worker that works it off, media."""
