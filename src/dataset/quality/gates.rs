//! The gates of one dataset, one record after the other.

use super::earlier_runs::EarlierRuns;
use super::frames::Frames;
use super::leakage::Leakage;
use super::markers::{placeholder, slot};
use super::markup::active_markup;
use super::near_duplicates::{Likeness, NearDuplicates};
use super::personal_data::personal_data;
use super::report::{Compared, Flag, QualityReport};
use super::results::broken_result;
use super::texts::argument_texts;
use super::unused_tools::uses_no_tool;
use crate::check::{Finding, OnFlag, Quality};
use crate::run::Record;

const NEAR_DUPLICATES: &str = "near_duplicates";
const MIN_WORDS: &str = "min_words";
const LEAKAGE: &str = "leakage";
const AGAINST: &str = "against";

/// The gates that a campaign sets, and what they found so far.
#[derive(Debug)]
pub(in crate::dataset) struct Gates<'a> {
    quality: &'a Quality,
    duplicates: Option<NearDuplicates>,
    leakage: Option<Leakage<'a>>,
    earlier: &'a EarlierRuns,
    frames: Frames,
    report: QualityReport,
}

impl<'a> Gates<'a> {
    /// The gates of `quality`, those that compare with earlier runs with `earlier`; `None` where it
    /// sets none.
    pub(in crate::dataset) fn of(quality: &'a Quality, earlier: &'a EarlierRuns) -> Option<Self> {
        if quality.is_off() {
            return None;
        }
        let references = (!quality.leakage.is_empty()).then_some(&quality.leakage);
        Some(Self {
            quality,
            duplicates: quality.near_duplicates.map(NearDuplicates::from),
            leakage: references.map(|files| Leakage::of(files, quality.similarity())),
            earlier,
            frames: Frames::default(),
            report: QualityReport::empty(&names(quality), compared_with(quality)),
        })
    }

    /// Looks at one more record, and says whether it goes to the exports.
    pub(in crate::dataset) fn pass(&mut self, record: &Record) -> bool {
        let likeness = self.duplicates.as_mut().and_then(|it| it.look(record));
        let is_leak = likeness.as_ref().is_some_and(|it| it.crosses_splits);
        let mut flags = self.flags(record);
        flags.extend(likeness.map(|likeness| Flag::new(NEAR_DUPLICATES, words(&likeness))));
        flags.extend(self.leak(record));
        flags.extend(self.like_earlier(record));
        let is_flagged = !flags.is_empty();
        let is_left_out = is_leak || (is_flagged && self.quality.on_flag == OnFlag::Drop);
        self.report.records += 1;
        self.report.flagged += u64::from(is_flagged);
        self.report.left_out += u64::from(is_left_out);
        for flag in flags {
            self.report.add(&record.id, flag);
        }
        !is_left_out
    }

    /// What was found in all.
    pub(in crate::dataset) fn into_report(self) -> QualityReport {
        self.report
    }

    fn leak(&mut self, record: &Record) -> Option<Flag> {
        let leak = self.leakage.as_mut()?.look(&record.instruction)?;
        Some(Flag {
            gate: LEAKAGE,
            why: leak.why,
            excerpts: Some((leak.ours, leak.theirs)),
        })
    }

    fn like_earlier(&self, record: &Record) -> Option<Flag> {
        let like = self.earlier.look(record, self.quality.similarity())?;
        Some(Flag {
            gate: AGAINST,
            why: like.why,
            excerpts: Some((like.ours, like.theirs)),
        })
    }

    fn flags(&mut self, record: &Record) -> Vec<Flag> {
        let mut flags = Vec::new();
        if let Some(why) = self.too_short(record) {
            flags.push(Flag::new(MIN_WORDS, why));
        }
        for &finding in &self.quality.find {
            let why = match finding {
                Finding::Templates => self.template(record),
                Finding::Placeholders => argument_texts(record)
                    .into_iter()
                    .find_map(placeholder)
                    .map(|found| format!("an argument holds `{found}`")),
                Finding::UnusedTools => uses_no_tool(record).then(|| "no tool is used".to_owned()),
                Finding::Results => broken_result(record),
                Finding::Markup => active_markup(record),
                Finding::PersonalData => personal_data(record),
            };
            flags.extend(why.map(|why| Flag::new(finding.word(), why)));
        }
        flags
    }

    fn too_short(&self, record: &Record) -> Option<String> {
        let least = self.quality.min_words?;
        let count = record.instruction.split_whitespace().count();
        let is_short = u32::try_from(count).is_ok_and(|count| count < least);
        is_short.then(|| format!("the instruction has {count} words"))
    }

    fn template(&mut self, record: &Record) -> Option<String> {
        // Both look, so that what is counted does not hang on the order.
        let frame = self.frames.look(&record.instruction);
        slot(&record.instruction)
            .map(|found| format!("the instruction holds `{found}`"))
            .or(frame)
    }
}

fn names(quality: &Quality) -> Vec<&'static str> {
    let duplicates = quality.near_duplicates.map(|_| NEAR_DUPLICATES);
    let short = quality.min_words.map(|_| MIN_WORDS);
    let leakage = (!quality.leakage.is_empty()).then_some(LEAKAGE);
    let against = (!quality.against.is_empty()).then_some(AGAINST);
    let found = quality.find.iter().map(|finding| finding.word());
    let own = [duplicates, short, leakage, against];
    own.into_iter().flatten().chain(found).collect()
}

fn compared_with(quality: &Quality) -> Vec<Compared> {
    let files = quality.leakage.iter().map(|file| Compared {
        name: file.file.clone(),
        form: file.format.words().to_owned(),
        texts: file.texts.len() as u64,
        blank: u64::from(file.blank),
        blake3: file.hash.clone(),
    });
    let runs = quality.against.iter().map(|run| Compared {
        name: run.name().to_owned(),
        form: "run".to_owned(),
        texts: run.records,
        blank: 0,
        blake3: run.hash.clone(),
    });
    files.chain(runs).collect()
}

fn words(likeness: &Likeness) -> String {
    let percent = likeness.similarity * 100.0;
    let split = if likeness.crosses_splits {
        ", which is in another split"
    } else {
        ""
    };
    format!("{percent:.0}% like {}{split}", likeness.earlier)
}
