//! Where a call stands in its plan, and the seed that follows from it.

/// Room for a slash, and for a number after a further one.
const ROOM: usize = 6;

/// The position of a call within its item, such as `rollout/2/step/3/evaluate/0`.
///
/// Calls are known by their position, never by the order in which they were made: that is what
/// lets the journal answer them when the same code runs again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CallPath(String);

impl CallPath {
    /// The path of what the item does itself.
    pub fn item() -> Self {
        Self::default()
    }

    /// `self/name`
    pub fn then(&self, name: &str) -> Self {
        // Made several times for each call: room for the next steps saves making it again.
        let mut path = String::with_capacity(self.0.len() + name.len() + ROOM);
        path.push_str(&self.0);
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(name);
        Self(path)
    }

    /// `self/name/index`
    pub fn at(&self, name: &str, index: usize) -> Self {
        let Self(mut path) = self.then(name);
        path.push('/');
        path.push_str(&index.to_string());
        Self(path)
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The seed of the call at `path` of the item `owner`: at most 2^53 - 1.
pub(super) fn seed(owner: &str, path: &CallPath) -> u64 {
    let hash = blake3::hash(
        ["autosafe.seed/1\0", owner, "/", path.as_str()]
            .concat()
            .as_bytes(),
    );
    let first = hash.as_bytes()[..8]
        .try_into()
        .expect("a hash has 32 bytes");
    u64::from_le_bytes(first) >> 11
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_from_the_item_inwards() {
        let path = CallPath::item().at("rollout", 2).at("step", 3).then("act");
        assert_eq!(path.as_str(), "rollout/2/step/3/act");
    }

    #[test]
    fn seeds_differ_by_item_and_path_and_fit_every_json_reader() {
        let path = CallPath::item().at("try", 0);
        let seeds = [
            seed("a", &path),
            seed("b", &path),
            seed("a", &CallPath::item().at("try", 1)),
        ];
        assert!(seeds.iter().all(|seed| *seed < 1 << 53));
        assert!(seeds[0] != seeds[1] && seeds[0] != seeds[2]);
        assert_eq!(seeds[0], seed("a", &path));
    }
}
