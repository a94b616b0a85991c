"""Jobs of one run in processes forked from one that has imported their libraries: importing torch takes seconds."""
