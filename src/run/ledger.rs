//! The budget: what was spent, over all lives of the run, and whether there is enough for a call.
//!
//! Before a call an amount is set aside that it will hardly exceed; after it the difference goes
//! back. A call for which not enough is left waits while others are in flight, as they may give
//! something back, and is denied when none is.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::check::{Budget, Key, Price};
use crate::model::{Request, Usage, estimated_request_tokens};

use super::journal::{Counts, name};

/// Output that is set aside for a call of a model of which nothing is known yet.
const FIRST_OUTPUT: u64 = 1024;

/// The money and the tokens of one run.
pub(super) struct Ledger {
    budget: Budget,
    prices: BTreeMap<Key, Price>,
    books: Mutex<Books>,
    settled: Notify,
}

/// What is set aside for one call; give it back with [`Ledger::settle`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Reservation {
    tokens: u64,
    usd: f64,
}

/// There is not enough left for another call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exhausted;

struct Books {
    tokens: u64,
    usd: f64,
    set_aside: Reservation,
    in_flight: usize,
    /// The longest answer so far.
    longest_output: u64,
}

enum Decision {
    Go(Reservation),
    Wait,
    Denied,
}

impl Ledger {
    /// The books of a run that has come to `spent` in earlier lives.
    pub fn new(budget: Budget, prices: BTreeMap<Key, Price>, spent: &Counts) -> Self {
        let books = Books {
            tokens: spent.get(name::INPUT) + spent.get(name::OUTPUT),
            usd: spent.usd,
            set_aside: Reservation::default(),
            in_flight: 0,
            longest_output: FIRST_OUTPUT,
        };
        Self {
            budget,
            prices,
            books: Mutex::new(books),
            settled: Notify::new(),
        }
    }

    /// What `usage` of `model` costs, in USD.
    pub fn cost(&self, model: &Key, usage: Usage) -> f64 {
        self.prices.get(model).map_or(0.0, |price| {
            let cost =
                as_amount(usage.input) * price.input + as_amount(usage.output) * price.output;
            cost / 1e6
        })
    }

    /// Sets aside what `request` may take, and waits for that where others may give back.
    pub async fn reserve(&self, model: &Key, request: &Request) -> Result<Reservation, Exhausted> {
        if self.budget.usd.is_none() && self.budget.tokens.is_none() {
            return Ok(Reservation::default());
        }
        loop {
            let settled = self.settled.notified();
            match self.decide(model, request) {
                Decision::Go(reservation) => return Ok(reservation),
                Decision::Denied => return Err(Exhausted),
                Decision::Wait => settled.await,
            }
        }
    }

    /// Gives back what was set aside, and books what was used.
    pub fn settle(&self, reservation: Reservation, usage: Usage, usd: f64) {
        {
            let mut books = self.books();
            books.set_aside.tokens = books.set_aside.tokens.saturating_sub(reservation.tokens);
            books.set_aside.usd -= reservation.usd;
            books.in_flight = books.in_flight.saturating_sub(1);
            books.tokens += usage.total();
            books.usd += usd;
            books.longest_output = books.longest_output.max(usage.output);
        }
        self.settled.notify_waiters();
    }

    /// Gives back what was set aside for a call that took nothing.
    pub fn give_back(&self, reservation: Reservation) {
        self.settle(reservation, Usage::default(), 0.0);
    }

    fn decide(&self, model: &Key, request: &Request) -> Decision {
        let mut books = self.books();
        let output = request.max_tokens.map_or(books.longest_output, u64::from);
        let usage = Usage {
            input: estimated_request_tokens(request) * 5 / 4,
            output,
            ..Usage::default()
        };
        let wanted = Reservation {
            tokens: usage.total(),
            usd: self.cost(model, usage),
        };
        if self.fits(&books, wanted) {
            books.set_aside.tokens += wanted.tokens;
            books.set_aside.usd += wanted.usd;
            books.in_flight += 1;
            return Decision::Go(wanted);
        }
        if books.in_flight > 0 {
            Decision::Wait
        } else {
            Decision::Denied
        }
    }

    fn fits(&self, books: &Books, wanted: Reservation) -> bool {
        let tokens = books.tokens + books.set_aside.tokens + wanted.tokens;
        let usd = books.usd + books.set_aside.usd + wanted.usd;
        let within_tokens = self.budget.tokens.is_none_or(|most| tokens <= most);
        let within_usd = self.budget.usd.is_none_or(|most| usd <= most);
        within_tokens && within_usd
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(clippy::cast_precision_loss, reason = "no run has 2^52 tokens")]
fn as_amount(tokens: u64) -> f64 {
    tokens as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AnswerFormat, Message};

    fn request() -> Request {
        Request {
            model: "m".to_owned(),
            messages: vec![Message::User {
                content: "x".repeat(320),
            }],
            tools: Vec::new(),
            answer: AnswerFormat::Text,
            temperature: 0.0,
            top_p: None,
            max_tokens: Some(100),
            seed: 0,
            body: serde_json::Map::new(),
        }
    }

    fn ledger(tokens: u64) -> Ledger {
        let budget = Budget {
            tokens: Some(tokens),
            ..Budget::default()
        };
        Ledger::new(budget, BTreeMap::new(), &Counts::default())
    }

    #[tokio::test]
    async fn a_call_that_may_exceed_the_budget_is_denied() {
        let key = Key("M".to_owned());
        let ledger = ledger(399);
        let first = ledger.reserve(&key, &request()).await.expect("200 of 399");
        let used = Usage {
            input: 150,
            output: 50,
            ..Usage::default()
        };
        ledger.settle(first, used, 0.0);
        assert_eq!(ledger.reserve(&key, &request()).await, Err(Exhausted));
    }

    #[tokio::test]
    async fn a_call_waits_for_what_another_may_give_back() {
        let key = Key("M".to_owned());
        let ledger = ledger(399);
        let request = request();
        let first = ledger.reserve(&key, &request).await.expect("200 of 399");
        let second = ledger.reserve(&key, &request);
        let settle = async { ledger.settle(first, Usage::default(), 0.0) };
        let (second, ()) = tokio::join!(second, settle);
        assert!(second.is_ok());
    }
}
