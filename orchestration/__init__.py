"""When, not how: assets, schedules and checks over what the rooms do."""
