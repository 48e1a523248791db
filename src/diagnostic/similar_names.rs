//! "Did you mean": the nearest of the known names, or none.

/// The known name nearest to `written`, where it is near enough to be meant.
///
/// Near enough is a third of the written name in edits (a swap of neighbours counts one),
/// and at least one; case does not count. Equal distances go to the name that stands first.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = written.to_lowercase();
    let allowed = (written.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| (strsim::osa_distance(&wanted, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}
