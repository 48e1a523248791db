//! The codes of problems: a closed list that users silence, look up and filter by.

use std::fmt;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The source cannot be compiled.
    Error,
    /// It can, but it hardly says what was meant.
    Warning,
    /// A matter of style or of things left over.
    Lint,
}

impl Severity {
    /// The word that is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Lint => "lint",
        }
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $severity:ident)+) => {
        /// What kind of problem it is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order of the language reference.
            pub const ALL: &[Code] = &[$(Code::$variant,)+];

            /// The name that users see and write, such as `unknown-name`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Code::$variant => $name,)+
                }
            }

            /// What kind of problem it is, in one sentence.
            pub fn summary(self) -> &'static str {
                match self {
                    $(Code::$variant => concat!($($doc),+).trim_ascii_start(),)+
                }
            }

            /// How bad a problem of this kind is.
            pub fn severity(self) -> Severity {
                match self {
                    $(Code::$variant => Severity::$severity,)+
                }
            }
        }
    };
}

codes! {
    /// Something stands where something else could have stood.
    Syntax "syntax" Error
    /// A string, text block, brace, bracket or parenthesis is never closed.
    Unclosed "unclosed" Error
    /// A language version that this program does not know.
    UnsupportedVersion "unsupported-version" Error
    /// Nesting beyond what is handled.
    TooDeep "too-deep" Error
    /// Size or number of rows beyond what is handled.
    TooLarge "too-large" Error
    /// A name that nothing declares.
    UnknownName "unknown-name" Error
    /// A name declared twice.
    DuplicateName "duplicate-name" Error
    /// Files that use each other in a cycle.
    ModuleCycle "module-cycle" Error
    /// A file or std module that is not there.
    ModuleNotFound "module-not-found" Error
    /// A declaration of another kind than is needed.
    WrongKind "wrong-kind" Error
    /// A path that leaves the project's root.
    PathOutsideRoot "path-outside-root" Error
    /// An imported tool file that is not understood.
    BadImport "bad-import" Error
    /// A file or run to compare records with that is not understood.
    BadReference "bad-reference" Error
    /// A file of labels that cannot be read.
    BadLabels "bad-labels" Error
    /// A value of another type than the field's, or a word outside its set.
    WrongType "wrong-type" Error
    /// A field that does not exist here.
    UnknownField "unknown-field" Error
    /// A required field or prose that is missing.
    MissingField "missing-field" Error
    /// A field given twice.
    DuplicateField "duplicate-field" Error
    /// Template or example arguments that are missing, unknown, doubled or of the wrong type.
    BadArguments "bad-arguments" Error
    /// A tool or argument that does not exist, or that the scenario is not given.
    UnknownTool "unknown-tool" Error
    /// A regular expression that cannot be read.
    BadRegex "bad-regex" Error
    /// An example that the rules contradict.
    BadExample "bad-example" Error
    /// A number outside its bounds.
    OutOfRange "out-of-range" Error
    /// Prose that is no template.
    ProseSyntax "prose-syntax" Error
    /// Prose that uses a variable which does not exist here.
    UnknownVariable "unknown-variable" Error
    /// An unknown attribute, filter or function in prose.
    UnknownAttribute "unknown-attribute" Error
    /// Constraints that leave no row.
    Unsatisfiable "unsatisfiable" Error
    /// An axis that is empty, or has the same value twice.
    BadAxis "bad-axis" Error
    /// A strength larger than the number of axes.
    StrengthTooHigh "strength-too-high" Error
    /// A comparison of things that cannot be compared.
    Incomparable "incomparable" Error
    /// A role without a model, or a model that cannot play it.
    UnusableModel "unusable-model" Error
    /// A secret written in the file.
    SecretInSource "secret-in-source" Error
    /// A template that calls itself.
    RecursiveTemplate "recursive-template" Error
    /// An axis value that no allowed row can have.
    UnreachableValue "unreachable-value" Warning
    /// An evaluator that would not answer the same way twice, or a panel of one opinion.
    UnsteadyEvaluator "unsteady-evaluator" Warning
    /// Fewer groups than the split has parts.
    FewGroups "few-groups" Warning
    /// An axis that prose, rules and constraints never use.
    UnusedAxis "unused-axis" Lint
    /// A declaration that is never used.
    UnusedDeclaration "unused-declaration" Lint
    /// A declared outcome that no scenario of the campaign leads to.
    UnreachedOutcome "unreached-outcome" Lint
    /// A name in another style than the language's.
    NamingStyle "naming-style" Lint
    /// Two scenarios with the same rows and prose.
    SameScenario "same-scenario" Lint
    /// An `allow` that silences nothing.
    UnusedAllow "unused-allow" Lint
}

impl Code {
    /// The code with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
