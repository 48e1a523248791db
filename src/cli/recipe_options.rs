//! `--recipe` and `--mix` of `export`.

use std::str::FromStr;

use crate::dataset::{Mix, Trainer};
use crate::diagnostic::nearest;

/// A trainer as named on the command line.
#[derive(Debug, Clone, Copy)]
pub struct TrainerName(pub Trainer);

impl FromStr for TrainerName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Trainer::from_word(text).map(Self).ok_or_else(|| {
            let words = Trainer::ALL.map(Trainer::word);
            match nearest(text, words) {
                Some(near) => format!("no recipe for it; did you mean `{near}`?"),
                None => format!("no recipe for it; there are {}", words.join(", ")),
            }
        })
    }
}

/// One share of `--mix`, in place of the default.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum MixShare {
    Twins(f64),
    Safe(f64),
}

impl MixShare {
    /// Puts the share into `mix`.
    pub fn apply(self, mix: &mut Mix) {
        match self {
            Self::Twins(share) => mix.twins = share,
            Self::Safe(share) => mix.safe = share,
        }
    }
}

impl FromStr for MixShare {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, share) = text
            .split_once('=')
            .ok_or_else(|| format!("`{text}` is no share; write `twins=0.5` or `safe=0.5`"))?;
        let share = match share.parse::<f64>() {
            Ok(share) if share >= 0.0 && share.is_finite() => share,
            _ => return Err(format!("`{share}` is no share; it is a number from 0 on")),
        };
        match name {
            "twins" => Ok(Self::Twins(share)),
            "safe" => Ok(Self::Safe(share)),
            _ => Err(format!(
                "`{name}` is not in the mix; there are `twins` and `safe`"
            )),
        }
    }
}
