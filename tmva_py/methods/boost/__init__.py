"""Boost: one method trained again and again on events that are weighted anew."""
