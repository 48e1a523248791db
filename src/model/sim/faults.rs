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
    /// The body breaks off.
    Truncate,
    /// The body is no JSON.
    Malformed,
}

/// Why a text is no fault plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadFaultPlan {
    #[error("`{part}` is no fault; write it like `429=5%`")]
    NoShare { part: String },
    #[error(
        "`{name}` is no kind of fault; there are `timeout`, `truncate`, `malformed`, and statuses from 400 to 599"
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
            .map(parse_share)
            .collect::<Result<_, _>>()?;
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
            match fault {
                Fault::Status(status) => write!(formatter, "{comma}{status}={percent}%")?,
                Fault::Timeout => write!(formatter, "{comma}timeout={percent}%")?,
                Fault::Truncate => write!(formatter, "{comma}truncate={percent}%")?,
                Fault::Malformed => write!(formatter, "{comma}malformed={percent}%")?,
            }
        }
        Ok(())
    }
}

fn parse_share(part: &str) -> Result<(Fault, f64), BadFaultPlan> {
    let (name, share) = part.split_once('=').ok_or_else(|| BadFaultPlan::NoShare {
        part: part.to_owned(),
    })?;
    Ok((parse_fault(name.trim())?, parse_percent(share.trim())?))
}

fn parse_fault(name: &str) -> Result<Fault, BadFaultPlan> {
    match name {
        "timeout" => Ok(Fault::Timeout),
        "truncate" => Ok(Fault::Truncate),
        "malformed" => Ok(Fault::Malformed),
        status => match status.parse() {
            Ok(status @ 400..=599) => Ok(Fault::Status(status)),
            _ => Err(BadFaultPlan::UnknownFault {
                name: name.to_owned(),
            }),
        },
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
        let text = "429=5%,500=2%,timeout=1%,truncate=1%,malformed=2.5%";
        let plan: FaultPlan = text.parse().expect("a plan");
        assert_eq!(plan.to_string(), text);
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
