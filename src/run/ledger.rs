//! The budget: what was spent, over all lives of the run, and whether there is enough for a call.
//!
//! Before a call an amount is set aside that it will hardly exceed; after it the difference goes
//! back. A call for which not enough is left waits while others are in flight, as they may give
//! something back, and is denied when none is. So a run exceeds its budget by no more than its last
//! calls exceed what was expected of them, and stops no earlier than one call before it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::check::{Budget, Key, Price, Role};
use crate::model::{Request, Usage, estimated_request_tokens};

use super::expectations::Expectations;
use super::journal::Counts;

/// The money and the tokens of one run.
pub(super) struct Ledger {
    budget: Budget,
    prices: BTreeMap<Key, Price>,
    books: Mutex<Books>,
}

/// What is set aside for one call; give it back with [`Ledger::settle`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Reservation {
    amount: Amount,
    /// Whose call it is, among the expectations, and what its request measures; `None` where
    /// there is no budget.
    of: Option<(usize, u64)>,
}

/// There is not enough left for another call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Exhausted;

#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Amount {
    tokens: u64,
    usd: f64,
}

struct Books {
    spent: Amount,
    set_aside: Amount,
    in_flight: usize,
    expectations: Expectations,
    waiting: VecDeque<Waiter>,
}

struct Waiter {
    wants: Amount,
    decided: oneshot::Sender<Result<(), Exhausted>>,
}

/// A reservation that is waited for.
struct Wait<'l> {
    ledger: &'l Ledger,
    reservation: Reservation,
    decided: oneshot::Receiver<Result<(), Exhausted>>,
}

impl Ledger {
    /// The books of a run that has come to `spent` in earlier lives.
    pub fn new(budget: Budget, prices: BTreeMap<Key, Price>, spent: &Counts) -> Self {
        let spent = Amount {
            tokens: spent.spending.usage().total(),
            usd: spent.spending.usd(),
        };
        let books = Books {
            spent,
            set_aside: Amount::default(),
            in_flight: 0,
            expectations: Expectations::default(),
            waiting: VecDeque::new(),
        };
        Self {
            budget,
            prices,
            books: Mutex::new(books),
        }
    }

    /// What `usage` of `model` costs, in USD.
    pub fn cost(&self, model: &Key, usage: Usage) -> f64 {
        self.prices
            .get(model)
            .map_or(0.0, |price| cost(price, usage))
    }

    /// Sets aside what `request` may take, and waits for that where others may give back.
    pub async fn reserve(
        &self,
        role: Role,
        model: &Key,
        request: &Request,
    ) -> Result<Reservation, Exhausted> {
        if !self.is_bounded() {
            return Ok(Reservation::default());
        }
        let measured = estimated_request_tokens(request);
        let wait = {
            let mut books = self.books();
            let place = books.expectations.place(role, model);
            let bound = books
                .expectations
                .bound(place, measured, request.max_tokens);
            let amount = Amount {
                tokens: bound.total(),
                usd: self.cost(model, bound),
            };
            let (decided, decision) = oneshot::channel();
            let wants = amount;
            books.waiting.push_back(Waiter { wants, decided });
            self.decide(&mut books);
            Wait {
                ledger: self,
                reservation: Reservation {
                    amount,
                    of: Some((place, measured)),
                },
                decided: decision,
            }
        };
        wait.decision().await
    }

    /// Gives back what was set aside, and books what was used.
    pub fn settle(&self, reservation: Reservation, usage: Usage, usd: f64) {
        let Some((place, measured)) = reservation.of else {
            return;
        };
        let mut books = self.books();
        books.expectations.learn(place, measured, usage);
        let tokens = usage.total();
        self.close(&mut books, reservation, Amount { tokens, usd });
    }

    /// Gives back what was set aside for a call that took nothing.
    pub fn give_back(&self, reservation: Reservation) {
        if reservation.of.is_some() {
            self.close(&mut self.books(), reservation, Amount::default());
        }
    }

    fn close(&self, books: &mut Books, reservation: Reservation, used: Amount) {
        let amount = reservation.amount;
        books.set_aside.tokens = books.set_aside.tokens.saturating_sub(amount.tokens);
        books.set_aside.usd -= amount.usd;
        books.spent.tokens += used.tokens;
        books.spent.usd += used.usd;
        books.in_flight = books.in_flight.saturating_sub(1);
        if books.in_flight == 0 {
            // What sums of fractions leave over is nobody's.
            books.set_aside = Amount::default();
        }
        self.decide(books);
    }

    /// Lets as many go as there is enough for; denies all when none is in flight that could give
    /// something back.
    fn decide(&self, books: &mut Books) {
        while let Some(next) = books.waiting.front() {
            let fits = self.fits(books, next.wants);
            if !fits && books.in_flight > 0 {
                return;
            }
            let decision = if fits { Ok(()) } else { Err(Exhausted) };
            let Some(next) = books.waiting.pop_front() else {
                return;
            };
            // Whoever has gone away needs nothing set aside.
            if next.decided.send(decision).is_ok() && fits {
                books.set_aside.tokens += next.wants.tokens;
                books.set_aside.usd += next.wants.usd;
                books.in_flight += 1;
            }
        }
    }

    fn fits(&self, books: &Books, wanted: Amount) -> bool {
        let tokens = books.spent.tokens + books.set_aside.tokens + wanted.tokens;
        let usd = books.spent.usd + books.set_aside.usd + wanted.usd;
        let within_tokens = self.budget.tokens.is_none_or(|most| tokens <= most);
        let within_usd = self.budget.usd.is_none_or(|most| usd <= most);
        within_tokens && within_usd
    }

    fn is_bounded(&self) -> bool {
        self.budget.usd.is_some() || self.budget.tokens.is_some()
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wait<'_> {
    async fn decision(mut self) -> Result<Reservation, Exhausted> {
        let decided = (&mut self.decided).await;
        decided.unwrap_or(Err(Exhausted)).map(|()| self.reservation)
    }
}

impl Drop for Wait<'_> {
    /// What was set aside for somebody who is not there any more goes back.
    fn drop(&mut self) {
        self.decided.close();
        if let Ok(Ok(())) = self.decided.try_recv() {
            self.ledger.give_back(self.reservation);
        }
    }
}

/// What `usage` costs at this price, in USD.
pub(super) fn cost(price: &Price, usage: Usage) -> f64 {
    let cached = usage.cached.min(usage.input);
    let input = as_amount(usage.input - cached) * price.input
        + as_amount(cached) * price.cached.unwrap_or(price.input);
    (input + as_amount(usage.output) * price.output) / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "no run has 2^52 tokens")]
fn as_amount(tokens: u64) -> f64 {
    tokens as f64
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use std::sync::Arc;

    use crate::model::{AnswerFormat, Message};

    fn request() -> Request {
        Request {
            model: "m".to_owned(),
            messages: vec![Message::User {
                content: "x".repeat(320),
            }],
            tools: Arc::new([]),
            answer: AnswerFormat::Text,
            temperature: 0.0,
            top_p: None,
            max_tokens: Some(100),
            seed: 0,
            body: serde_json::Map::new(),
        }
    }

    fn key() -> Key {
        Key("M".to_owned())
    }

    fn usage(input: u64, output: u64) -> Usage {
        Usage {
            input,
            output,
            ..Usage::default()
        }
    }

    fn ledger(tokens: u64) -> Ledger {
        let budget = Budget {
            tokens: Some(tokens),
            ..Budget::default()
        };
        Ledger::new(budget, BTreeMap::new(), &Counts::default())
    }

    /// A reservation that is decided on at once, or waits.
    fn reserve(ledger: &Ledger) -> Option<Result<Reservation, Exhausted>> {
        ledger
            .reserve(Role::Agent, &key(), &request())
            .now_or_never()
    }

    #[test]
    fn what_a_server_read_from_its_cache_has_its_own_price_and_reasoning_is_output() {
        let price = |cached| Price {
            input: 2.0,
            cached,
            output: 10.0,
        };
        let usage = Usage {
            input: 1_000_000,
            output: 100_000,
            cached: 400_000,
            reasoning: 90_000,
        };
        assert!((cost(&price(None), usage) - 3.0).abs() < 1e-9);
        assert!((cost(&price(Some(0.5)), usage) - 2.4).abs() < 1e-9);
        // Some servers count what they had cached apart from the input.
        let odd = Usage {
            input: 100_000,
            cached: 400_000,
            ..usage
        };
        assert!((cost(&price(Some(0.5)), odd) - 1.05).abs() < 1e-9);
    }

    #[test]
    fn a_call_that_may_exceed_the_budget_is_denied() {
        let ledger = ledger(399);
        let first = reserve(&ledger).expect("decided").expect("200 of 399");
        ledger.settle(first, usage(150, 150), 0.0);
        assert_eq!(reserve(&ledger), Some(Err(Exhausted)));
    }

    #[tokio::test]
    async fn a_call_waits_for_what_another_may_give_back() {
        let ledger = ledger(399);
        let (key, request) = (key(), request());
        let first = reserve(&ledger).expect("decided").expect("200 of 399");
        let second = ledger.reserve(Role::Agent, &key, &request);
        let settle = async { ledger.give_back(first) };
        let (second, ()) = tokio::join!(second, settle);
        assert!(second.is_ok());
    }

    #[test]
    fn nobody_keeps_what_it_does_not_wait_for_any_more() {
        let ledger = ledger(399);
        let (key, request) = (key(), request());
        let first = reserve(&ledger).expect("decided").expect("200 of 399");
        let mut second = Box::pin(ledger.reserve(Role::Agent, &key, &request));
        assert!((&mut second).now_or_never().is_none());
        ledger.give_back(first);
        drop(second);
        assert!(reserve(&ledger).expect("decided").is_ok());
    }

    #[test]
    fn a_thousand_in_flight_stop_within_a_fiftieth_of_the_budget() {
        let budget = 1_000_000;
        let ledger = ledger(budget);
        let mut in_flight = VecDeque::new();
        let mut spent = 0;
        let mut round = 0;
        loop {
            let waits = in_flight.len() == 1000;
            match (!waits).then(|| reserve(&ledger)).flatten() {
                Some(Ok(reservation)) => {
                    in_flight.push_back(reservation);
                    continue;
                }
                Some(Err(Exhausted)) => break,
                None => {}
            }
            let reservation = in_flight.pop_front().expect("somebody is in flight");
            round += 1;
            let used = usage(80, 30 + round * 7919 % 60);
            spent += used.total();
            ledger.settle(reservation, used, 0.0);
        }
        assert!((budget * 98 / 100..=budget).contains(&spent), "{spent}");
    }
}
