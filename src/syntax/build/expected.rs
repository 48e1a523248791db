//! What users call the rules of the grammar.

use crate::syntax::grammar::Rule;

/// How a rule is called where it could have stood; `None` for what is no help to name.
///
/// There is no wild card: a new rule does not compile until it has a name.
pub(super) fn expected_name(rule: Rule) -> Option<&'static str> {
    match rule {
        Rule::name | Rule::word | Rule::quoted_word | Rule::reference_name => Some("a name"),
        Rule::path | Rule::reference => Some("a name"),
        Rule::text | Rule::plain_text | Rule::raw_text | Rule::block_text => Some("a text"),
        Rule::number => Some("a number"),
        Rule::version | Rule::version_number => Some("a version number"),
        Rule::value | Rule::list | Rule::record | Rule::range | Rule::prose | Rule::call => {
            Some("a value")
        }
        Rule::boolean | Rule::true_word | Rule::false_word => Some("a value"),
        Rule::argument => Some("an argument"),
        Rule::record_field | Rule::field_type => Some("a field"),
        Rule::condition | Rule::disjunction | Rule::conjunction => Some("a condition"),
        Rule::comparison | Rule::negation | Rule::group => Some("a condition"),
        Rule::r#type | Rule::named_type | Rule::list_type => Some("a type"),
        Rule::enum_type | Rule::record_type => Some("a type"),
        Rule::list_word | Rule::enum_word => Some("a type"),
        Rule::parameter => Some("a parameter"),
        Rule::pattern_condition => Some("a condition on an argument"),
        Rule::call_pattern => Some("a call"),
        Rule::axis | Rule::strict_axis => Some("an axis"),
        Rule::strict_item => Some(DECLARATION),
        Rule::strict_entry => Some(FIELD),
        Rule::used_name => Some("a name"),
        Rule::body => Some("`{`"),
        Rule::parameters | Rule::arguments => Some("`(`"),
        Rule::EOI => Some("the end of the line"),

        Rule::use_item | Rule::import_item | Rule::toolkit | Rule::outcome => Some(DECLARATION),
        Rule::persona | Rule::model | Rule::campaign | Rule::scenario => Some(DECLARATION),
        Rule::template | Rule::prompt => Some(DECLARATION),
        Rule::use_word | Rule::import_word | Rule::toolkit_word => Some(DECLARATION),
        Rule::outcome_word | Rule::persona_word | Rule::model_word => Some(DECLARATION),
        Rule::campaign_word | Rule::scenario_word | Rule::template_word => Some(DECLARATION),
        Rule::prompt_word => Some(DECLARATION),

        Rule::field | Rule::block | Rule::tool | Rule::vary | Rule::constraint => Some(FIELD),
        Rule::plant | Rule::trigger_rule | Rule::example => Some(FIELD),
        Rule::tool_word | Rule::vary_word | Rule::forbid_word | Rule::require_word => Some(FIELD),
        Rule::plant_word | Rule::trigger_word | Rule::unsafe_word => Some(FIELD),
        Rule::allowed_word => Some(FIELD),

        Rule::as_word => Some("`as`"),
        Rule::for_word => Some("`for`"),
        Rule::in_word => Some("`in`"),
        Rule::when_word => Some("`when`"),
        Rule::and_word => Some("`and`"),
        Rule::or_word => Some("`or`"),
        Rule::alias => Some("`as`"),
        Rule::then_word | Rule::then_part => Some("`then`"),
        Rule::unless_word | Rule::unless_part => Some("`unless`"),
        Rule::raises_word | Rule::raises => Some("`raises`"),
        Rule::contains_word => Some("an operator"),

        Rule::star => Some("`*`"),
        Rule::used_names => Some("`{`"),
        Rule::comma => Some("`,`"),
        Rule::colon => Some("`:`"),
        Rule::equals => Some("`=`"),
        Rule::arrow | Rule::result => Some("`->`"),
        Rule::open_paren => Some("`(`"),
        Rule::close_paren => Some("`)`"),
        Rule::open_bracket => Some("`[`"),
        Rule::close_bracket => Some("`]`"),
        Rule::open_brace => Some("`{`"),
        Rule::close_brace => Some("`}`"),
        Rule::open_angle => Some("`<`"),
        Rule::close_angle => Some("`>`"),
        Rule::double_equals | Rule::not_equals | Rule::less_or_equal => Some("an operator"),
        Rule::greater_or_equal | Rule::less | Rule::greater => Some("an operator"),
        Rule::matches | Rule::not_matches => Some("an operator"),

        // What could nearly always stand somewhere, and hardly ever was meant.
        Rule::ots_word | Rule::with_word | Rule::weight_word => None,
        Rule::over_word | Rule::not_word => None,
        Rule::with_part | Rule::weight_part | Rule::over_part | Rule::modifier => None,
        Rule::dot | Rule::dots | Rule::implies | Rule::question_mark => None,

        // Silent rules, whose parts are named instead.
        Rule::WHITESPACE | Rule::lines | Rule::blank | Rule::unit => None,
        Rule::separators | Rule::item_separators | Rule::last_comma => None,
        Rule::reserved
        | Rule::prose_ahead
        | Rule::range_ahead
        | Rule::range_end
        | Rule::raw_ahead
        | Rule::goes_on => None,
        Rule::block_quotes
        | Rule::field_ahead
        | Rule::record_ahead
        | Rule::operand
        | Rule::assign => None,
        Rule::next
        | Rule::next_field
        | Rule::next_condition
        | Rule::comparator
        | Rule::pattern_operator => None,
        Rule::item | Rule::item_slot | Rule::item_end | Rule::item_chunk => None,
        Rule::entry | Rule::entry_slot | Rule::entry_end | Rule::axis_slot => None,
        Rule::chunk | Rule::balanced | Rule::inside | Rule::gap => None,

        // What holds the others, and never fails itself.
        Rule::file => None,

        Rule::error_item | Rule::error_entry | Rule::error_axis | Rule::error_trailing => None,
        Rule::error_semicolon | Rule::error_assign | Rule::error_argument_colon => None,
        Rule::error_record_equals | Rule::error_axis_in | Rule::error_missing_comma => None,
        Rule::error_brace_below | Rule::error_path_dots | Rule::error_dots => None,
        Rule::error_arrow | Rule::error_list_type | Rule::error_number => None,
        Rule::error_and | Rule::error_or | Rule::error_not | Rule::error_equals => None,
        Rule::error_block_equals | Rule::error_condition_and => None,
        Rule::error_vary | Rule::error_weight => None,
        Rule::error_unequal | Rule::error_matches | Rule::error_late_version => None,
    }
}

const DECLARATION: &str = "a declaration";
const FIELD: &str = "a field";

/// The words that begin what is called "a declaration" and "a field".
pub(super) fn words_of(expected: &str) -> &'static [&'static str] {
    match expected {
        DECLARATION => &[
            "use", "import", "toolkit", "outcome", "persona", "model", "campaign", "scenario",
            "template", "prompt",
        ],
        FIELD => &[
            "tool", "vary", "forbid", "require", "plant", "trigger", "unsafe", "allowed",
        ],
        _ => &[],
    }
}

/// The names of what could have stood somewhere, each once.
pub(super) fn expected_names(rules: &[Rule]) -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for name in rules.iter().filter_map(|rule| expected_name(*rule)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.contains(&FIELD) {
        names.retain(|name| *name != "a name");
    }
    // Things before signs, and last what could stand nearly everywhere.
    names.sort_by_key(|name| (name.starts_with("the end"), name.starts_with('`')));
    names
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn english_list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
