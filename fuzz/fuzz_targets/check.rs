//! Whatever the program, it is checked, and planned where nothing is wrong with it.
#![no_main]

use autosafe::source::MemoryFiles;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    autosafe_fuzz::compile(&MemoryFiles::default().with("risks.ots", text));
});
