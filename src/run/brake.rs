//! How the dispatcher tells every unit to slow down or stop.

use tokio::sync::watch;

/// How far a run still goes; later ones are stricter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pace {
    Go,
    /// No new calls; what is in flight is waited for.
    Drain,
    /// Calls in flight are given up.
    Stop,
}

/// The pace of one run; it only ever gets stricter.
pub(super) struct Brake(watch::Sender<Pace>);

impl Brake {
    /// A run at full pace.
    pub fn new() -> Self {
        Self(watch::Sender::new(Pace::Go))
    }

    /// Slows the run down to `pace`, or leaves it as it is if it is slower already.
    pub fn pull(&self, pace: Pace) {
        self.0.send_if_modified(|now| {
            let stricter = pace > *now;
            *now = pace.max(*now);
            stricter
        });
    }

    /// Whether the run is as slow as `pace` already.
    pub fn is_at(&self, pace: Pace) -> bool {
        *self.0.borrow() >= pace
    }

    /// Waits until the run is as slow as `pace`.
    pub async fn reached(&self, pace: Pace) {
        let reached = self
            .0
            .subscribe()
            .wait_for(|now| *now >= pace)
            .await
            .is_ok();
        debug_assert!(reached, "the sender lives as long as `self`");
    }
}
