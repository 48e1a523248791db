//! Server-sent events, from a body that is there whole.

/// The data of each event in `text`, in their order, without the closing `[DONE]`.
pub(in crate::model) fn events(text: &str) -> impl Iterator<Item = String> {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    std::iter::from_fn(move || {
        let mut data: Option<String> = None;
        for line in lines.by_ref() {
            if line.is_empty() {
                if data.is_some() {
                    return data;
                }
            } else if let Some(more) = line.strip_prefix("data:") {
                let more = more.strip_prefix(' ').unwrap_or(more);
                data = Some(match data {
                    None => more.to_owned(),
                    Some(before) => before + "\n" + more,
                });
            }
        }
        data
    })
    .filter(|data| data.trim() != "[DONE]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_other_fields_and_either_line_end_are_understood() {
        let text = ": ping\r\n\r\nevent: a\r\ndata: {\"a\":\r\ndata: 1}\r\n\r\ndata:2\n\nid: 7\ndata: [DONE]\n\n";
        let found: Vec<String> = events(text).collect();
        assert_eq!(found, ["{\"a\":\n1}", "2"]);
    }

    #[test]
    fn an_event_without_the_blank_line_after_it_counts() {
        assert_eq!(events("data: 1").collect::<Vec<_>>(), ["1"]);
        assert_eq!(events("").count(), 0);
    }
}
