//! Payloads as they lie on the disk: JSON, compressed against what most of them have in common.
//!
//! A payload is a few hundred bytes, half of them names that every other has too. A dictionary of
//! these makes it smaller than any effort without one, at a fraction of the work. The journal holds
//! the dictionary that it was begun with, so that a later one changes nothing for it.
//! `dictionary.txt` is what it says, the rare first, as what stands last is found most easily;
//! `dictionary.py` makes a dictionary of it.

use std::io;

use zstd::bulk::Compressor;
use zstd::dict::DecoderDictionary;
use zstd::stream::read::Decoder;

/// What new journals begin with.
pub(super) const DICTIONARY: &[u8] = include_bytes!("dictionary.zstd");

/// Quick: with a dictionary, the levels above zero take twice the time for a tenth of the space.
const LEVEL: i32 = -2;

/// Makes payloads small.
pub(super) struct Packer(Compressor<'static>);

/// Makes them readable again.
pub(super) struct Unpacker(DecoderDictionary<'static>);

impl Packer {
    /// A packer to be kept: making one costs more than using it.
    pub(super) fn new(dictionary: &[u8]) -> io::Result<Self> {
        Compressor::with_dictionary(LEVEL, dictionary).map(Self)
    }

    pub(super) fn pack(&mut self, payload: &[u8]) -> io::Result<Vec<u8>> {
        self.0.compress(payload)
    }
}

impl Unpacker {
    pub(super) fn new(dictionary: &[u8]) -> Self {
        Self(DecoderDictionary::copy(dictionary))
    }

    /// What `packed` was made of; an error where it is damaged.
    pub(super) fn unpack(&self, packed: &[u8]) -> io::Result<Vec<u8>> {
        let mut payload = Vec::new();
        let mut decoder = Decoder::with_prepared_dictionary(packed, &self.0)?;
        io::copy(&mut decoder, &mut payload)?;
        Ok(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dictionary_is_made_of_its_text() {
        assert!(DICTIONARY.ends_with(include_bytes!("dictionary.txt")));
    }

    #[test]
    fn a_payload_comes_back_as_it_was_and_a_usual_one_is_less_than_half() {
        let usual = r#"{"model":"Judge","tries":1,"reply":{"answer":{"content":"{\"thought\":\"It only looks.\",\"risk_type\":\"None\",\"label\":1}","finish":"stop","input_tokens":812,"output_tokens":40,"cached_tokens":0,"reasoning_tokens":0}}}"#;
        let mut packer = Packer::new(DICTIONARY).expect("the dictionary is text");
        let unpacker = Unpacker::new(DICTIONARY);
        for payload in [usual, "", "\u{1F984} quite another thing"] {
            let packed = packer.pack(payload.as_bytes()).expect("it fits in memory");
            let back = unpacker.unpack(&packed).expect("it is whole");
            assert_eq!(back, payload.as_bytes());
        }
        let packed = packer.pack(usual.as_bytes()).expect("it fits in memory");
        assert!(packed.len() * 2 < usual.len(), "{}", packed.len());
        assert!(unpacker.unpack(&packed[..packed.len() - 3]).is_err());
    }
}
