//! Tool files of other formats, seen as the toolkits they become.

mod bounds;
mod mcp;
mod openapi;
mod show;
mod toolemu;
mod yaml;
