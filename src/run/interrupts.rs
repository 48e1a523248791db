//! Requests to stop that reach the process from outside.

use tokio::sync::mpsc;

/// Interrupts from the keyboard and the system, for [`RunOptions::interrupts`]; to be called in
/// a runtime.
///
/// [`RunOptions::interrupts`]: super::RunOptions::interrupts
pub fn interrupts_from_outside() -> mpsc::UnboundedReceiver<()> {
    let (sender, receiver) = mpsc::unbounded_channel();
    #[cfg(unix)]
    pass_on_terminations(sender.clone());
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() && sender.send(()).is_ok() {}
    });
    receiver
}

/// What job schedulers and service managers send before they kill.
#[cfg(unix)]
fn pass_on_terminations(sender: mpsc::UnboundedSender<()>) {
    use tokio::signal::unix::{SignalKind, signal};
    // Where the signal cannot be had, it ends the process, which loses only what is in flight.
    let Ok(mut terminations) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::spawn(
        async move { while terminations.recv().await.is_some() && sender.send(()).is_ok() {} },
    );
}
