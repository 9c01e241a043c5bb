"""What speed is measured by: `./nest bench NAME` runs `benchmarks/NAME.py`. Ratios within one run, never absolutes."""
