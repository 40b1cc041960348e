"""What goes into a factory's output file, part by part."""
