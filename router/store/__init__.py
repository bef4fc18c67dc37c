"""All SQL of Heed (SQLAlchemy Core): one module per noun, one named function per statement. Decides nothing."""
