"""Small Django-light helpers; imports nothing of ours."""
