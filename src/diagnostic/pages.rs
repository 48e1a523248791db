//! The longer story of each problem: the book's page about its code.
//!
//! Invariant: every code has a page, and a code without one does not compile.

use super::code::Code;

/// The page of the book about `code`, in Markdown: its meaning, an example, and how it is mended.
pub fn page(code: Code) -> &'static str {
    match code {
        Code::Syntax => include_str!("../../book/src/diagnostics/syntax.md"),
        Code::Unclosed => include_str!("../../book/src/diagnostics/unclosed.md"),
        Code::UnsupportedVersion => {
            include_str!("../../book/src/diagnostics/unsupported-version.md")
        }
        Code::TooDeep => include_str!("../../book/src/diagnostics/too-deep.md"),
        Code::TooLarge => include_str!("../../book/src/diagnostics/too-large.md"),
        Code::UnknownName => include_str!("../../book/src/diagnostics/unknown-name.md"),
        Code::DuplicateName => include_str!("../../book/src/diagnostics/duplicate-name.md"),
        Code::ModuleCycle => include_str!("../../book/src/diagnostics/module-cycle.md"),
        Code::ModuleNotFound => include_str!("../../book/src/diagnostics/module-not-found.md"),
        Code::WrongKind => include_str!("../../book/src/diagnostics/wrong-kind.md"),
        Code::PathOutsideRoot => include_str!("../../book/src/diagnostics/path-outside-root.md"),
        Code::BadImport => include_str!("../../book/src/diagnostics/bad-import.md"),
        Code::BadReference => include_str!("../../book/src/diagnostics/bad-reference.md"),
        Code::BadLabels => include_str!("../../book/src/diagnostics/bad-labels.md"),
        Code::WrongType => include_str!("../../book/src/diagnostics/wrong-type.md"),
        Code::UnknownField => include_str!("../../book/src/diagnostics/unknown-field.md"),
        Code::MissingField => include_str!("../../book/src/diagnostics/missing-field.md"),
        Code::DuplicateField => include_str!("../../book/src/diagnostics/duplicate-field.md"),
        Code::BadArguments => include_str!("../../book/src/diagnostics/bad-arguments.md"),
        Code::UnknownTool => include_str!("../../book/src/diagnostics/unknown-tool.md"),
        Code::BadRegex => include_str!("../../book/src/diagnostics/bad-regex.md"),
        Code::BadExample => include_str!("../../book/src/diagnostics/bad-example.md"),
        Code::OutOfRange => include_str!("../../book/src/diagnostics/out-of-range.md"),
        Code::ProseSyntax => include_str!("../../book/src/diagnostics/prose-syntax.md"),
        Code::UnknownVariable => include_str!("../../book/src/diagnostics/unknown-variable.md"),
        Code::UnknownAttribute => include_str!("../../book/src/diagnostics/unknown-attribute.md"),
        Code::Unsatisfiable => include_str!("../../book/src/diagnostics/unsatisfiable.md"),
        Code::BadAxis => include_str!("../../book/src/diagnostics/bad-axis.md"),
        Code::StrengthTooHigh => include_str!("../../book/src/diagnostics/strength-too-high.md"),
        Code::Incomparable => include_str!("../../book/src/diagnostics/incomparable.md"),
        Code::UnusableModel => include_str!("../../book/src/diagnostics/unusable-model.md"),
        Code::SecretInSource => include_str!("../../book/src/diagnostics/secret-in-source.md"),
        Code::RecursiveTemplate => include_str!("../../book/src/diagnostics/recursive-template.md"),
        Code::UnreachableValue => include_str!("../../book/src/diagnostics/unreachable-value.md"),
        Code::UnsteadyEvaluator => include_str!("../../book/src/diagnostics/unsteady-evaluator.md"),
        Code::FewGroups => include_str!("../../book/src/diagnostics/few-groups.md"),
        Code::UnusedAxis => include_str!("../../book/src/diagnostics/unused-axis.md"),
        Code::UnusedDeclaration => include_str!("../../book/src/diagnostics/unused-declaration.md"),
        Code::UnreachedOutcome => include_str!("../../book/src/diagnostics/unreached-outcome.md"),
        Code::NamingStyle => include_str!("../../book/src/diagnostics/naming-style.md"),
        Code::SameScenario => include_str!("../../book/src/diagnostics/same-scenario.md"),
        Code::UnusedAllow => include_str!("../../book/src/diagnostics/unused-allow.md"),
    }
}
