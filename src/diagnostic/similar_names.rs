//! "Did you mean": the nearest of the known names, or none.

/// The known name nearest to `written`, where it is near enough to be meant.
///
/// Near enough is a third of the written name in edits (a swap of neighbours counts one),
/// and at least one; case does not count, and is all in which one letter may differ. Equal distances go to the name that stands first.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = written.to_lowercase();
    let allowed = match written.chars().count() {
        1 => 0,
        length => (length / 3).max(1),
    };
    known
        .into_iter()
        .map(|name| (strsim::osa_distance(&wanted, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_found_whatever_its_case() {
        assert_eq!(nearest("Huried", ["Insider", "Hurried"]), Some("Hurried"));
        assert_eq!(nearest("HURRIED", ["Hurried"]), Some("Hurried"));
        assert_eq!(nearest("tsep", ["step", "tsar"]), Some("step"));
    }

    #[test]
    fn a_far_name_is_not_suggested() {
        assert_eq!(nearest("Hurried", ["Insider", "Delegating"]), None);
        assert_eq!(nearest("ab", ["cd"]), None);
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn of_two_equally_near_names_the_first_is_taken() {
        assert_eq!(nearest("axis", ["axes", "taxis"]), Some("axes"));
    }

    #[test]
    fn a_short_name_may_differ_in_one_place() {
        assert_eq!(nearest("Fiel", ["File"]), Some("File"));
        assert_eq!(nearest("to", ["t", "from"]), Some("t"));
        assert_eq!(nearest("a", ["b", "A"]), Some("A"));
        assert_eq!(nearest("a", ["b"]), None);
    }
}
