"""Who is measured by the benches of loading, each in a process of its own, and what they are measured on."""
