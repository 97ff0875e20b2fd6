"""Results as files, as a track hub and as an offline report."""
