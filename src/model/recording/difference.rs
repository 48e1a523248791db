//! What differs between two requests, each difference in a line.

use serde_json::Value as Json;

/// How much of a value is shown.
const SHOWN: usize = 80;

/// The differences between the request `here` and the recorded one, by their places.
pub(super) fn differences(here: &Json, there: &Json) -> Vec<String> {
    let mut found = Vec::new();
    compare("", here, there, &mut found);
    found
}

fn compare(place: &str, here: &Json, there: &Json, found: &mut Vec<String>) {
    match (here, there) {
        _ if here == there => {}
        (Json::Object(a), Json::Object(b)) => {
            let names = a
                .keys()
                .chain(b.keys().filter(|name| !a.contains_key(*name)));
            for name in names {
                let below = below(place, name);
                compare(&below, member(a.get(name)), member(b.get(name)), found);
            }
        }
        (Json::Array(a), Json::Array(b)) => {
            for index in 0..a.len().max(b.len()) {
                let below = below(place, &index.to_string());
                compare(&below, member(a.get(index)), member(b.get(index)), found);
            }
        }
        (Json::String(a), Json::String(b)) => found.push(of_texts(place, a, b)),
        (Json::Null, there) => found.push(format!("`{place}` is recorded as {}", shown(there))),
        (here, Json::Null) => {
            found.push(format!("`{place}` is {} and was not recorded", shown(here)))
        }
        _ => found.push(format!(
            "`{place}` is {}, and was {}",
            shown(here),
            shown(there)
        )),
    }
}

fn below(place: &str, name: &str) -> String {
    match place {
        "" => name.to_owned(),
        place => format!("{place}/{name}"),
    }
}

fn member(value: Option<&Json>) -> &Json {
    value.unwrap_or(&Json::Null)
}

/// Texts of many lines by the first line that differs.
fn of_texts(place: &str, here: &str, there: &str) -> String {
    let mut a = here.lines();
    let mut b = there.lines();
    for line in 1.. {
        match (a.next(), b.next()) {
            (Some(here), Some(there)) if here == there => {}
            (None, None) => break,
            (here, there) => {
                let words = |text: Option<&str>| match text {
                    Some(text) => format!("`{}`", cut(text)),
                    None => "the end".to_owned(),
                };
                return format!(
                    "`{place}`, line {line}: {}, and was {}",
                    words(here),
                    words(there)
                );
            }
        }
    }
    format!("`{place}` differs in its line ends")
}

fn shown(value: &Json) -> String {
    format!("`{}`", cut(&value.to_string()))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_difference_is_told_by_its_place() {
        let here =
            json!({"seed": 1, "temperature": 0.5, "messages": [{"content": "a\nb"}], "top_p": 1});
        let there = json!({"seed": 2, "temperature": 0.5, "messages": [{"content": "a\nc"}, {}]});
        assert_eq!(
            differences(&here, &there),
            [
                "`seed` is `1`, and was `2`",
                "`messages/0/content`, line 2: `b`, and was `c`",
                "`messages/1` is recorded as `{}`",
                "`top_p` is `1` and was not recorded",
            ]
        );
        assert_eq!(differences(&here, &here), [""; 0]);
    }
}
