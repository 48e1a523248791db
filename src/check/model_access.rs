//! How a model is reached: headers, proxy, certificates, streams.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::checker::Checker;
use super::expressions::wrong_type;
use super::model::Setting;
use super::model_fields::is_env;
use crate::diagnostic::{Code, Diagnostic};
use crate::resolve::ModuleId;
use crate::syntax::{Expr, ExprKind, RecordField};

/// Headers that only ever carry secrets.
const SECRET_HEADERS: [&str; 5] = [
    "authorization",
    "proxy-authorization",
    "api-key",
    "x-api-key",
    "cookie",
];

/// Headers that the program writes itself.
const OWN_HEADERS: [&str; 4] = [
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
];

static HEADER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[A-Za-z0-9!#$%&'*+.^_|~-]+$").expect("the pattern is fixed and valid")
});

impl Checker<'_> {
    /// Headers by name, each a text or the variable that holds it.
    pub(super) fn read_headers(&self, value: &Expr) -> BTreeMap<String, Setting> {
        let ExprKind::Record(fields) = &value.kind else {
            let wanted = "a record such as `{ `x-team`: \"safety\" }`";
            self.say_all(wrong_type("`headers`", wanted, value));
            return BTreeMap::new();
        };
        let mut headers = BTreeMap::new();
        for field in fields {
            let name = field.name.text.to_ascii_lowercase();
            self.say_bad_header(&name, field);
            let Some(setting) = self.read_header(&name, field) else {
                continue;
            };
            if headers.insert(name, setting).is_some() {
                let message = format!("the header `{}` is given twice", field.name.text);
                self.say(Diagnostic::new(
                    Code::DuplicateField,
                    field.name.span,
                    message,
                ));
            }
        }
        headers
    }

    fn read_header(&self, name: &str, field: &RecordField) -> Option<Setting> {
        match &field.value.kind {
            ExprKind::Text(text) => {
                if SECRET_HEADERS.contains(&name) {
                    self.say_secret(text);
                }
                Some(Setting::Text(text.value.clone()))
            }
            ExprKind::Call(call) if is_env(call) => {
                let (variable, default) = self.read_env(call)?;
                if let Some(default) = default.filter(|_| SECRET_HEADERS.contains(&name)) {
                    self.say_secret(default);
                }
                Some(Setting::Env {
                    name: variable.value.clone(),
                    default: default.map(|text| text.value.clone()),
                })
            }
            _ => {
                let what = format!("the header `{}`", field.name.text);
                self.say_all(wrong_type(&what, "a string or `env(…)`", &field.value));
                None
            }
        }
    }

    fn say_bad_header(&self, name: &str, field: &RecordField) {
        let problem = if OWN_HEADERS.contains(&name) {
            "this header is written by the program"
        } else if !HEADER.is_match(name) {
            "a header's name has letters, digits and `-` only"
        } else {
            return;
        };
        let message = format!("`{}` cannot be a header here", field.name.text);
        self.say(Diagnostic::new(Code::WrongType, field.name.span, message).label(problem));
    }

    /// The address of a proxy, or the variable that holds it.
    pub(super) fn read_proxy(&self, value: &Expr) -> Option<Setting> {
        self.read_url("`proxy`", value)
    }

    /// Certificates: as they are, from a file of the project, or from the environment.
    pub(super) fn read_certificates(&self, module: ModuleId, value: &Expr) -> Option<Setting> {
        match &value.kind {
            ExprKind::Text(text) if text.value.contains("-----BEGIN") => {
                Some(Setting::Text(certificates_of(&text.value)))
            }
            ExprKind::Text(text) => {
                let pem = self.workspace.attached_text(module, &text.value)?;
                if !pem.contains("-----BEGIN CERTIFICATE-----") {
                    let message = format!("`{}` holds no certificate", text.value);
                    self.say(
                        Diagnostic::new(Code::WrongType, text.span, message)
                            .label("expected PEM, with `-----BEGIN CERTIFICATE-----`"),
                    );
                    return None;
                }
                Some(Setting::Text(certificates_of(pem)))
            }
            ExprKind::Call(call) if is_env(call) => {
                let (name, default) = self.read_env(call)?;
                if let Some(default) = default {
                    let message = "certificates from the environment have no default";
                    self.say(Diagnostic::new(Code::WrongType, default.span, message).help(
                        "the variable alone may name a file outside the project; write `env(\"NAME\")`",
                    ));
                    return None;
                }
                Some(Setting::Env {
                    name: name.value.clone(),
                    default: None,
                })
            }
            _ => {
                let wanted = "the path of a PEM file, or `env(…)`";
                self.say_all(wrong_type("`ca`", wanted, value));
                None
            }
        }
    }

    /// `true` or `false`.
    pub(super) fn read_switch(&self, what: &str, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Bool(on) => *on,
            _ => {
                self.say_all(wrong_type(what, "`true` or `false`", value));
                false
            }
        }
    }
}

/// The certificates in a PEM file, and nothing else of it: a key that lies beside them must not
/// get into a plan.
fn certificates_of(pem: &str) -> String {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let blocks = pem.split(BEGIN).skip(1).filter_map(|rest| {
        let end = rest.find(END)?;
        Some(format!("{BEGIN}{}{END}\n", &rest[..end]))
    });
    blocks.collect()
}
