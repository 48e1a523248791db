//! Whatever claims to be an OpenAPI description, in JSON or YAML, it is read or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| autosafe_fuzz::compile(&autosafe_fuzz::importing_yaml(text)));
