"""`make attack`: what no browser would send, against the started programs."""
