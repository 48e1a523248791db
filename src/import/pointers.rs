//! References within a file: `#/components/schemas/Order`.

use super::node::{Node, unescaped};
use super::reader::Reader;

/// As many references in a row as a description could sensibly have.
const MAX_CHAIN: usize = 64;

impl<'t> Reader<'t> {
    /// What `$ref` leads to, or the value that is given; none where it leads nowhere, which is told.
    pub fn follow(&mut self, given: Node<'t>) -> Option<Node<'t>> {
        let mut here = given;
        for _ in 0..MAX_CHAIN {
            match here.get("$ref") {
                Some(reference) => here = self.target(reference)?,
                None => return Some(here),
            }
        }
        let message = "these references lead to each other and to nothing else";
        self.reject(given.span(), message);
        None
    }

    /// What a reference leads to; one that leads nowhere is told, once.
    pub fn target(&mut self, reference: Node<'t>) -> Option<Node<'t>> {
        let written = reference.string().unwrap_or_default();
        let pointer = written.strip_prefix('#').map(decoded);
        let target = pointer.as_deref().and_then(|it| {
            self.pointed(self.scope, it)
                .or_else(|| self.pointed(self.root, it))
        });
        if target.is_none() && self.dangling.insert(reference.span()) {
            self.refuse_reference(reference, &written);
        }
        target
    }

    fn refuse_reference(&mut self, reference: Node<'t>, written: &str) {
        if written.is_empty() || written.starts_with('#') {
            let message = format!("`{written}` leads to no schema in this file");
            self.reject(reference.span(), message);
        } else {
            let message = format!("`{written}` leads to another file");
            self.reject(reference.span(), message).help = Some(
                "a tool file is read alone: bundle the description into one file first, so that \
                 its references begin with `#/`"
                    .to_owned(),
            );
        }
    }

    /// What a pointer leads to; many point into the same object, which is taken apart once.
    fn pointed(&mut self, from: Node<'t>, pointer: &str) -> Option<Node<'t>> {
        let Some((parent, last)) = pointer.rsplit_once('/') else {
            return from.pointer(pointer);
        };
        let key = (from.span(), parent.to_owned());
        if !self.pointed.contains_key(&key) {
            let children = from.pointer(parent).map(Node::children).unwrap_or_default();
            self.pointed
                .insert(key.clone(), children.into_iter().collect());
        }
        self.pointed.get(&key)?.get(&unescaped(last)).copied()
    }
}

/// A pointer in a URL's fragment, with its `%7B` replaced.
fn decoded(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let digits = after
            .get(..2)
            .filter(|it| it.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(b'%');
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).unwrap_or_else(|_| fragment.to_owned())
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn fragments_are_decoded_where_they_are_encoded() {
        assert_eq!(decoded("/paths/~1users~1%7Bid%7D"), "/paths/~1users~1{id}");
        assert_eq!(decoded("/a%20b/100%/%zz/%e2%82%ac"), "/a b/100%/%zz/€");
        assert_eq!(decoded("/%ff"), "/%ff");
    }
}
