//! The program as a user meets it: real processes, real files, real servers.

mod book;
mod commands;
mod evaluations;
mod examples;
mod interruption;
mod journal;
mod replay;
mod report;
mod servers;
mod support;
