//! JSON written piece by piece, for bodies that are written thousands of times a second.
//!
//! A prompt is kilobytes of text that needs hardly an escape. It is looked through eight bytes at a
//! time, and what is between two escapes is copied at once.

use serde::Serialize;

/// The largest that an escaped text is expected to be, for each so many bytes of it.
const BYTES_PER_ESCAPE: usize = 16;

/// An object or a list that is being written. What is added has to be of its kind.
pub(super) struct JsonText<'b> {
    bytes: &'b mut Vec<u8>,
    is_empty: bool,
}

impl<'b> JsonText<'b> {
    /// Writes an object whose fields `fill` adds.
    pub(super) fn object(bytes: &'b mut Vec<u8>, fill: impl FnOnce(&mut JsonText<'_>)) {
        Self::nested(bytes, *b"{}", fill);
    }

    /// Writes a list whose elements `fill` adds.
    pub(super) fn list(bytes: &'b mut Vec<u8>, fill: impl FnOnce(&mut JsonText<'_>)) {
        Self::nested(bytes, *b"[]", fill);
    }

    fn nested(
        bytes: &'b mut Vec<u8>,
        [open, close]: [u8; 2],
        fill: impl FnOnce(&mut JsonText<'_>),
    ) {
        bytes.push(open);
        let mut text = JsonText {
            bytes,
            is_empty: true,
        };
        fill(&mut text);
        text.bytes.push(close);
    }

    /// Where the next element of a list is to be written.
    pub(super) fn next(&mut self) -> &mut Vec<u8> {
        if !self.is_empty {
            self.bytes.push(b',');
        }
        self.is_empty = false;
        self.bytes
    }

    /// Where the value of a field is to be written.
    pub(super) fn field(&mut self, name: &str) -> &mut Vec<u8> {
        let bytes = self.next();
        write_text(bytes, name);
        bytes.push(b':');
        bytes
    }

    /// A field that holds a text.
    pub(super) fn text(&mut self, name: &str, text: &str) {
        write_text(self.field(name), text);
    }

    /// A field that holds what is JSON already.
    pub(super) fn json(&mut self, name: &str, json: &str) {
        self.field(name).extend_from_slice(json.as_bytes());
    }

    /// A field that holds anything else.
    pub(super) fn value(&mut self, name: &str, value: &impl Serialize) {
        let written = serde_json::to_writer(self.field(name), value);
        written.expect("what is sent holds nothing that JSON cannot");
    }
}

/// Writes `text` as a JSON string.
pub(super) fn write_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.reserve(text.len() + text.len() / BYTES_PER_ESCAPE + 2);
    bytes.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let plain = plain_bytes(rest);
        bytes.extend_from_slice(&rest[..plain]);
        let Some(special) = rest.get(plain) else {
            break;
        };
        write_escape(bytes, *special);
        rest = &rest[plain + 1..];
    }
    bytes.push(b'"');
}

/// How many bytes stand before the first one that is to be escaped.
fn plain_bytes(bytes: &[u8]) -> usize {
    let mut passed = 0;
    while let Some(eight) = bytes[passed..].first_chunk() {
        let special = special_bits(u64::from_le_bytes(*eight));
        if special != 0 {
            return passed + special.trailing_zeros() as usize / 8;
        }
        passed += 8;
    }
    let is_special = |byte: &u8| *byte < b' ' || matches!(byte, b'"' | b'\\');
    let rest = &bytes[passed..];
    passed + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// The highest bit of each of eight bytes that is to be escaped. Bits above the lowest of them mean
/// nothing, as subtracting borrows from there.
fn special_bits(eight: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGHEST: u64 = u64::from_le_bytes([0x80; 8]);
    let below = |bytes: u64, bound: u8| bytes.wrapping_sub(ONES * u64::from(bound)) & !bytes;
    let is = |byte: u8| below(eight ^ (ONES * u64::from(byte)), 1);
    (below(eight, b' ') | is(b'"') | is(b'\\')) & HIGHEST
}

fn write_escape(bytes: &mut Vec<u8>, special: u8) {
    let short = match special {
        b'"' | b'\\' => special,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0C => b'f',
        _ => {
            let digit =
                |four: u8| char::from_digit(four.into(), 16).map_or(b'0', |digit| digit as u8);
            bytes.extend_from_slice(b"\\u00");
            bytes.extend([digit(special >> 4), digit(special & 15)]);
            return;
        }
    };
    bytes.extend([b'\\', short]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_and_lists_nest() {
        let mut bytes = Vec::new();
        JsonText::object(&mut bytes, |fields| {
            fields.text("a\"", "b\n");
            fields.json("c", "[1]");
            JsonText::list(fields.field("d"), |list| {
                write_text(list.next(), "e");
                JsonText::object(list.next(), |_| {});
            });
            fields.value("f", &1.5);
        });
        let text = String::from_utf8(bytes).expect("it is text");
        assert_eq!(text, r#"{"a\"":"b\n","c":[1],"d":["e",{}],"f":1.5}"#);
    }

    proptest! {
        #[test]
        fn texts_are_written_as_serde_writes_them(text in "([a-z é\u{1F984}]{0,12}[\"\\\\\u{0}-\u{1f}\u{7f}]?){0,6}") {
            let mut bytes = Vec::new();
            write_text(&mut bytes, &text);
            prop_assert_eq!(String::from_utf8(bytes), Ok(json!(text).to_string()));
        }
    }
}
