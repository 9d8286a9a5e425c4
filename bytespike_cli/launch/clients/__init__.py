"""The clients, one file each: what `launch.registry` knows."""
