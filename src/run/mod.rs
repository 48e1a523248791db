//! A plan to records.
