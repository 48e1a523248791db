//! The page itself: a skeleton, its style and its script, with the report as data.

use serde::Serialize;

const SKELETON: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
/// One script; its parts share their names.
const SCRIPT: &str = concat!(
    include_str!("page/page.js"),
    include_str!("page/evaluators.js"),
    include_str!("page/cost.js"),
    include_str!("page/browser.js"),
    include_str!("page/eval.js"),
    include_str!("page/draw.js"),
);

/// The report as one HTML document that needs nothing else and asks nobody for anything.
///
/// Its content security policy lets only this page's own style and script be used, which bear a
/// number that depends on all of the data: a text among the data cannot know it.
pub fn render_page(title: &str, kind: &str, report: &impl Serialize) -> String {
    let data = serde_json::to_string(report).expect("a report is plain data");
    let hash = blake3::derive_key("autosafe report nonce 1", data.as_bytes());
    let nonce = blake3::Hash::from_bytes(hash).to_hex();
    SKELETON
        .split("@@")
        .map(|part| match part {
            "nonce" => nonce.to_string(),
            "title" => as_html(title),
            "kind" => as_html(kind),
            "style" => STYLE.to_owned(),
            "script" => SCRIPT.to_owned(),
            "data" => within_script(&data),
            part => part.to_owned(),
        })
        .collect()
}

/// Text that stands between tags or quotes as itself.
fn as_html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// JSON in which no browser sees the end of a script or the beginning of a comment.
fn within_script(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_ends_the_data() {
        let data = [
            "</script><script>alert(1)</script>",
            "<!--<script>",
            "@@nonce@@",
        ];
        let page = render_page("<b>'\"&", "run", &data);
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script>").count(), 2);
        assert!(!page.contains("<b>"));
        assert!(!page.contains("<!--"));
        assert!(page.contains("@@nonce@@"), "data is not filled in");
    }
}
