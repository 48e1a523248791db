//! The program as a user meets it: real processes, real files, real servers.

mod bad_days;
mod book;
mod calibration;
mod commands;
mod evaluations;
mod events;
mod examples;
mod fmt;
mod gates;
mod import;
mod interruption;
mod journal;
mod logging;
mod reference;
mod replay;
mod report;
mod servers;
mod support;
mod top_up;
mod traces;
