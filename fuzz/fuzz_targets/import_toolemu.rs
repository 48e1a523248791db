//! Whatever claims to be a file of ToolEmu's toolkits, it is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| autosafe_fuzz::compile(&autosafe_fuzz::importing(text)));
