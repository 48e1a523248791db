//! Whatever the text, it has a tree, and problems whose places lie in it.
#![no_main]

use autosafe::source::SourceMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::new();
    let file = sources.add("risks.ots", text);
    let (_, diagnostics) = autosafe::syntax::parse(file, &sources);
    autosafe_fuzz::assert_sound(&diagnostics, &sources);
});
