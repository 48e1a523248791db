//! Faults of a server, drawn apart from its answers: which call meets one depends on how many came
//! before, so that a repeated call gets the answer that it would have got.

use std::fmt;
use std::str::FromStr;

use super::dice::Dice;

/// Which faults a server shows, and how often.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FaultPlan {
    /// Each with its share of calls, from 0 to 1.
    shares: Vec<(Fault, f64)>,
}

/// Something that goes wrong on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// An answer with this status instead.
    Status(u16),
    /// No answer at all.
    Timeout,
    /// Half of the body, and then silence.
    Stall,
    /// Half of the body, and then its end.
    Truncate,
    /// Half of the body, and then the connection is reset.
    Reset,
    /// The body is no JSON.
    Malformed,
    /// A web page, as from a proxy in between.
    Html,
    /// Bytes in the body that are no UTF-8.
    Utf8,
    /// The answer does not say what it took.
    NoUsage,
    /// A gigabyte of body.
    Huge,
}

/// Those that have a name and no number.
const NAMED: [(&str, Fault); 9] = [
    ("timeout", Fault::Timeout),
    ("stall", Fault::Stall),
    ("truncate", Fault::Truncate),
    ("reset", Fault::Reset),
    ("malformed", Fault::Malformed),
    ("html", Fault::Html),
    ("utf8", Fault::Utf8),
    ("no-usage", Fault::NoUsage),
    ("huge", Fault::Huge),
];

/// What `all` stands for beside those.
const USUAL_STATUSES: [u16; 4] = [429, 500, 503, 529];

/// Why a text is no fault plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFaultPlan {
    #[error("`{part}` is no fault; write it like `429=5%`")]
    NoShare { part: String },
    #[error(
        "`{name}` is no kind of fault; there are {}, statuses from 400 to 599, and `all` for one of each",
        named()
    )]
    UnknownFault { name: String },
    #[error("`{share}` is no share; write a number from 0 to 100 and `%`, like `5%`")]
    BadShare { share: String },
    #[error("the shares add up to more than 100 %")]
    TooMuch,
}

impl FaultPlan {
    /// The fault that a server's call of this number meets.
    pub(super) fn draw(&self, call: u64) -> Option<Fault> {
        const FINE: usize = 1_000_000;
        let mut roll = Dice::of(&["fault", &call.to_string()]).below(FINE) as f64 / FINE as f64;
        for (fault, share) in &self.shares {
            if roll < *share {
                return Some(*fault);
            }
            roll -= share;
        }
        None
    }
}

impl FromStr for FaultPlan {
    type Err = BadFaultPlan;

    fn from_str(text: &str) -> Result<Self, BadFaultPlan> {
        let parts = text.split(',').map(str::trim);
        let shares: Vec<_> = parts
            .filter(|part| !part.is_empty())
            .map(parse_shares)
            .collect::<Result<Vec<_>, _>>()?
            .concat();
        let sum: f64 = shares.iter().map(|(_, share)| share).sum();
        if sum > 1.0 + 1e-9 {
            return Err(BadFaultPlan::TooMuch);
        }
        Ok(Self { shares })
    }
}

impl fmt::Display for FaultPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (fault, share)) in self.shares.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let percent = (share * 1e6).round() / 1e4;
            write!(formatter, "{comma}{}={percent}%", name(*fault))?;
        }
        Ok(())
    }
}

fn name(fault: Fault) -> String {
    if let Fault::Status(status) = fault {
        return status.to_string();
    }
    let known = NAMED.iter().find(|(_, known)| *known == fault);
    known.map_or_else(String::new, |(name, _)| (*name).to_owned())
}

fn named() -> String {
    let names: Vec<_> = NAMED.iter().map(|(name, _)| format!("`{name}`")).collect();
    names.join(", ")
}

/// One fault with its share, or what `all` stands for.
fn parse_shares(part: &str) -> Result<Vec<(Fault, f64)>, BadFaultPlan> {
    let (name, share) = part.split_once('=').ok_or_else(|| BadFaultPlan::NoShare {
        part: part.to_owned(),
    })?;
    let share = parse_percent(share.trim())?;
    if name.trim() != "all" {
        return Ok(vec![(parse_fault(name.trim())?, share)]);
    }
    let statuses = USUAL_STATUSES.into_iter().map(Fault::Status);
    let all: Vec<Fault> = statuses
        .chain(NAMED.iter().map(|(_, fault)| *fault))
        .collect();
    let each = share / all.len() as f64;
    Ok(all.into_iter().map(|fault| (fault, each)).collect())
}

fn parse_fault(name: &str) -> Result<Fault, BadFaultPlan> {
    if let Some((_, fault)) = NAMED.iter().find(|(known, _)| *known == name) {
        return Ok(*fault);
    }
    match name.parse() {
        Ok(status @ 400..=599) => Ok(Fault::Status(status)),
        _ => Err(BadFaultPlan::UnknownFault {
            name: name.to_owned(),
        }),
    }
}

fn parse_percent(share: &str) -> Result<f64, BadFaultPlan> {
    share
        .strip_suffix('%')
        .and_then(|number| number.trim().parse::<f64>().ok())
        .filter(|percent| (0.0..=100.0).contains(percent))
        .map(|percent| percent / 100.0)
        .ok_or_else(|| BadFaultPlan::BadShare {
            share: share.to_owned(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        text.parse::<FaultPlan>().expect_err("no plan").to_string()
    }

    #[test]
    fn a_plan_reads_as_it_is_written() {
        let text = "429=5%,500=2%,timeout=1%,truncate=1%,malformed=2.5%,no-usage=1%,huge=0.5%";
        let plan: FaultPlan = text.parse().expect("a plan");
        assert_eq!(plan.to_string(), text);
    }

    #[test]
    fn all_is_every_kind_in_equal_parts() {
        let plan: FaultPlan = "all=13%".parse().expect("a plan");
        let text = plan.to_string();
        assert!(
            text.starts_with("429=1%,500=1%,503=1%,529=1%,timeout=1%,"),
            "{text}"
        );
        assert_eq!(text.matches("=1%").count(), 13);
    }

    #[test]
    fn what_is_wrong_with_a_plan_is_said() {
        assert_eq!(problem("429"), "`429` is no fault; write it like `429=5%`");
        assert!(problem("slow=5%").starts_with("`slow` is no kind of fault"));
        assert!(problem("200=5%").starts_with("`200` is no kind of fault"));
        assert!(problem("429=5").starts_with("`5` is no share"));
        assert_eq!(
            problem("429=60%,500=60%"),
            "the shares add up to more than 100 %"
        );
    }

    #[test]
    fn faults_come_as_often_as_planned() {
        let plan: FaultPlan = "429=30%".parse().expect("a plan");
        let met = (0..2000).filter(|call| plan.draw(*call).is_some()).count();
        assert!((500..700).contains(&met), "{met}");
    }
}
