"""`make faults`: the world around the started programs breaks, and nothing is lost."""
