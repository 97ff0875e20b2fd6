"""How numbers are written, where Django's own rules are not the field's."""
