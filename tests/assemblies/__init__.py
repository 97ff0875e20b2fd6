"""Installing genomes beside the packaged one."""
