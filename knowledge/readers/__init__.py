"""Files of many kinds, read as streams into the records that a knowledge source yields."""
