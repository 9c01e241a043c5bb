"""Every exchange of a sandbox during a test run against the documents that the networks publish."""
