//! Whatever claims to be an answer to MCP's `tools/list`, it is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| autosafe_fuzz::compile(&autosafe_fuzz::importing(text)));
