"""What each channel must do."""
