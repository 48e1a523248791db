//! Whatever the text, it is formatted: to the same program with all its comments, which stays as it is.
#![no_main]

use autosafe::source::SourceMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut sources = SourceMap::new();
    let file = sources.add("risks.ots", text);
    // The formatter compares trees and comments itself, and refuses if they differ.
    let once = autosafe::format::format_file(file, &sources).expect("nothing is lost");
    if once.problems.is_empty() {
        let twice = autosafe::format::format(&once.text).expect("nothing is lost");
        assert_eq!(once.text, twice, "formatted text stays as it is");
    }
});
