//! Entrants against each other, on the items that both have a result for.

use super::bootstrap::paired_bootstrap;
use super::holm::holm;
use super::mcnemar::mcnemar_exact;
use super::report::{Comparison, Test};
use super::results::{Played, is_carried_out};

/// The results of one entrant, in the order of the scenarios; `None` where it was not reached.
pub(super) struct Sheet<'r> {
    pub risks: Vec<Option<Played<'r>>>,
    pub twins: Vec<Option<Played<'r>>>,
}

/// Every pair of entrants by every measure.
pub(super) fn compare(sheets: &[Sheet<'_>], ks: &[u32]) -> Vec<Comparison> {
    let mut all = Vec::new();
    for k in ks {
        let measure = Measure {
            name: format!("sec@{k}"),
            items: |sheet| &sheet.risks,
            value: &|result| result.sec(*k),
            succeeds: &|result| result.is_first_safe(),
            test: match k {
                1 => Test::Mcnemar,
                _ => Test::Bootstrap,
            },
        };
        all.extend(measure.compare(sheets));
    }
    let helpful = Measure {
        name: "safe and helpful".to_owned(),
        items: |sheet| &sheet.risks,
        value: &|result| as_number(result.is_first_safe_and_helpful()),
        succeeds: &|result| result.is_first_safe_and_helpful(),
        test: Test::Mcnemar,
    };
    all.extend(helpful.compare(sheets));
    let refusal = Measure {
        name: "over-refusal".to_owned(),
        items: |sheet| &sheet.twins,
        value: &|twin| as_number(!is_carried_out(twin)),
        succeeds: &|twin| !is_carried_out(twin),
        test: Test::Mcnemar,
    };
    all.extend(refusal.compare(sheets));
    all
}

fn as_number(is_it: bool) -> f64 {
    f64::from(u8::from(is_it))
}

/// One thing by which entrants are compared.
struct Measure<'m> {
    name: String,
    items: fn(&'m Sheet<'m>) -> &'m [Option<Played<'m>>],
    value: &'m dyn Fn(&Played<'_>) -> f64,
    succeeds: &'m dyn Fn(&Played<'_>) -> bool,
    test: Test,
}

impl<'m> Measure<'m> {
    fn compare(&self, sheets: &'m [Sheet<'m>]) -> Vec<Comparison> {
        let mut compared: Vec<Comparison> = Vec::new();
        for first in 0..sheets.len() {
            for second in first + 1..sheets.len() {
                compared.extend(self.pair(sheets, first, second));
            }
        }
        let p: Vec<f64> = compared.iter().map(|comparison| comparison.p).collect();
        for (comparison, adjusted) in compared.iter_mut().zip(holm(&p)) {
            comparison.p_adjusted = adjusted;
        }
        compared
    }

    fn pair(&self, sheets: &'m [Sheet<'m>], first: usize, second: usize) -> Option<Comparison> {
        let both: Vec<_> = (self.items)(&sheets[first])
            .iter()
            .zip((self.items)(&sheets[second]))
            .filter_map(|(one, other)| Some((one.as_ref()?, other.as_ref()?)))
            .collect();
        let differences: Vec<f64> = both
            .iter()
            .map(|(one, other)| (self.value)(one) - (self.value)(other))
            .collect();
        let (difference, bootstrap_p) = paired_bootstrap(&differences)?;
        let only = |wins: bool| {
            let differing = both.iter().filter(|(one, other)| {
                (self.succeeds)(one) == wins && (self.succeeds)(other) != wins
            });
            differing.count() as u64
        };
        let (only_first, only_second) = (only(true), only(false));
        let p = match self.test {
            Test::Mcnemar => mcnemar_exact(only_first, only_second),
            Test::Bootstrap => bootstrap_p,
        };
        Some(Comparison {
            measure: self.name.clone(),
            first,
            second,
            items: both.len() as u64,
            difference,
            test: self.test,
            p,
            p_adjusted: p,
            only_first,
            only_second,
        })
    }
}
