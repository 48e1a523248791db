//! A model behind a server, whichever dialect the server speaks.

use std::fmt;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::allowance::Allowance;
use super::conversation::{Answer, Request};
use super::error::CallError;
use super::http::{Connection, Dialect, Door, Received};
use super::notices::Notices;
use super::provider::{Endpoint, Model};
use super::setup::SetupError;
use super::usage_habit::UsageHabit;
use crate::check::{Key, ModelAccess};

/// How servers of one kind are spoken to, and what was learnt of this one.
pub(super) trait Speech: fmt::Debug + Default + Send + Sync {
    /// How a request is put, as far as the server is known to take it.
    type Manner: Copy + Send + Sync;

    /// The provider, or the dialect that its servers speak, as traces name it.
    const PROVIDER: &'static str;
    /// Their addresses and headers.
    const DIALECT: Dialect;

    /// The best way to put a request that the server is known to take.
    fn manner(&self, request: &Request, server: &Connection) -> Self::Manner;

    /// The request on the wire.
    fn body(request: &Request, manner: Self::Manner) -> Vec<u8>;

    /// Whether something was learnt from a failure, so that another try makes sense.
    fn learn(
        &self,
        request: &Request,
        manner: Self::Manner,
        received: &Received,
        notices: &Notices,
    ) -> bool;

    /// The answer in a response that went well, and whether it says what it took.
    fn read(
        request: &Request,
        manner: Self::Manner,
        received: &Received,
    ) -> Result<(Answer, bool), CallError>;
}

/// One model of one server: sends a conversation, gives its answer or a typed failure.
#[derive(Debug)]
pub(super) struct Remote<S> {
    connection: Connection,
    speech: S,
    usage: UsageHabit,
    notices: Notices,
}

impl<S: Speech> Remote<S> {
    /// A client for the model `key`; nothing is sent yet.
    pub(super) fn open(
        key: &Key,
        access: &ModelAccess,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, SetupError> {
        let door = Door {
            key,
            access,
            environment,
        };
        Ok(Self {
            connection: Connection::open(&door, &S::DIALECT)?,
            speech: S::default(),
            usage: UsageHabit::default(),
            notices: Notices::default(),
        })
    }

    /// Asks in the best way that the server is known to take, and learns from what it rejects.
    async fn answer_in_some_manner(&self, request: &Request) -> Result<Answer, CallError> {
        let mut uncounted = 0;
        loop {
            let manner = self.speech.manner(request, &self.connection);
            let received = self.connection.send(S::body(request, manner)).await?;
            if !received.is_good() {
                if self.speech.learn(request, manner, &received, &self.notices) {
                    continue;
                }
                return match received.refusal() {
                    Some(words) => Ok(Answer::withheld(words)),
                    None => Err(received.failure()),
                };
            }
            let (answer, is_counted) = S::read(request, manner, &received)?;
            uncounted += u32::from(!is_counted);
            if !self.usage.asks_again(is_counted, uncounted) {
                return Ok(answer);
            }
        }
    }
}

impl<S: Speech> Model for Remote<S> {
    fn answer<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Answer, CallError>> {
        self.answer_in_some_manner(request).boxed()
    }

    fn endpoint(&self) -> Endpoint {
        Endpoint {
            provider: S::PROVIDER,
            server: self.connection.server(),
        }
    }

    fn allowance(&self) -> Option<Allowance> {
        self.connection.allowance()
    }

    fn take_notices(&self) -> Vec<String> {
        self.notices.take()
    }
}
