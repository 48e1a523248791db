//! A conversation to an answer.
