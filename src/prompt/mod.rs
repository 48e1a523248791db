//! Prose and prompt packs: variables, rendering, limits.
