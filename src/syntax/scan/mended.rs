//! The text that the grammar reads: the file's code, with what was not closed closed, and the way
//! back.
//!
//! [`Patch`]es come in, in any order; out goes a text of nearly the same offsets and a map from
//! them to the file's. Invariant: outside of patches the two texts are the same.

use std::ops::Range;

/// Puts `text` where the source has `source`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::syntax) struct Patch {
    pub(in crate::syntax) source: Range<usize>,
    pub(in crate::syntax) text: String,
}

impl Patch {
    /// Adds `text` at `offset`.
    pub(in crate::syntax) fn insert(offset: usize, text: impl Into<String>) -> Self {
        Self::replace(offset..offset, text)
    }

    /// Takes `source` out. A blank stays, so that what follows keeps its own beginning.
    pub(in crate::syntax) fn delete(source: Range<usize>) -> Self {
        Self::replace(source, " ")
    }

    /// Puts `text` in the place of `source`.
    pub(in crate::syntax) fn replace(source: Range<usize>, text: impl Into<String>) -> Self {
        Self {
            source,
            text: text.into(),
        }
    }
}

/// A patched text and where its parts come from.
#[derive(Debug)]
pub(in crate::syntax) struct Mended {
    text: String,
    patches: Vec<Placed>,
}

/// A patch and where its text stands in the mended one.
#[derive(Debug)]
struct Placed {
    mended: Range<usize>,
    source: Range<usize>,
}

impl Mended {
    /// Applies the patches; of two that overlap, the one that begins first.
    pub(in crate::syntax) fn new(source: String, mut patches: Vec<Patch>) -> Self {
        if patches.is_empty() {
            return Self {
                text: source,
                patches: Vec::new(),
            };
        }
        patches.sort_by_key(|patch| patch.source.start);
        let mut text = String::with_capacity(source.len() + patches.len());
        let mut placed = Vec::with_capacity(patches.len());
        let mut copied = 0;
        for patch in patches {
            if patch.source.start < copied {
                continue;
            }
            text.push_str(&source[copied..patch.source.start]);
            copied = patch.source.end;
            let start = text.len();
            text.push_str(&patch.text);
            placed.push(Placed {
                mended: start..text.len(),
                source: patch.source,
            });
        }
        text.push_str(&source[copied..]);
        Self {
            text,
            patches: placed,
        }
    }

    /// The text that the grammar reads.
    pub(in crate::syntax) fn text(&self) -> &str {
        &self.text
    }

    /// The offset in the source of an offset in the mended text.
    pub(in crate::syntax) fn source_offset(&self, offset: usize) -> usize {
        let before = self
            .patches
            .partition_point(|patch| patch.mended.start < offset);
        let Some(patch) = before.checked_sub(1).map(|index| &self.patches[index]) else {
            return offset;
        };
        if offset < patch.mended.end {
            (patch.source.start + (offset - patch.mended.start)).min(patch.source.end)
        } else {
            patch.source.end + (offset - patch.mended.end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_behind_patches_lead_back_to_the_source() {
        let source = "a “b” [c";
        let mended = Mended::new(
            source.to_owned(),
            vec![
                Patch::insert(source.len(), "]"),
                Patch::replace(2..5, "\""),
                Patch::replace(6..9, "\""),
            ],
        );
        assert_eq!(mended.text(), "a \"b\" [c]");
        assert_eq!(mended.source_offset(2), 2);
        assert_eq!(mended.source_offset(3), 5);
        assert_eq!(mended.source_offset(5), 9);
        assert_eq!(mended.source_offset(8), source.len());
        assert_eq!(mended.source_offset(9), source.len());
    }

    #[test]
    fn of_two_patches_that_overlap_the_first_counts() {
        let mended = Mended::new(
            "abcdef".to_owned(),
            vec![Patch::delete(1..5), Patch::insert(3, "x")],
        );
        assert_eq!(mended.text(), "a f");
        assert_eq!(mended.source_offset(1), 1);
        assert_eq!(mended.source_offset(2), 5);
    }
}
