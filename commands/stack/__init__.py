"""The processes of one installation, started and watched by one supervisor."""
