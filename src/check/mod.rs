//! Names and trees to a checked program.
