//! Log lines on standard error where `RUST_LOG` asks for them, and, in a build with the feature
//! `otel`, traces to a collector where the environment names one.

use std::io::{self, IsTerminal as _, Write};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::exit::Failure;
use super::output::colors_errors;
use crate::run::write_beside_progress;

/// What has to be closed at the end of the process.
#[derive(Default)]
pub struct Logging {
    #[cfg(feature = "otel")]
    traces: Option<super::traces::Traces>,
}

/// Starts what the environment asks for, which mostly is nothing.
///
/// # Errors
/// `RUST_LOG` cannot be read, or traces cannot be sent to where they are to go.
pub fn start_logging() -> Result<Logging, Failure> {
    let filter = filter()?;
    #[cfg(feature = "otel")]
    let traces = super::traces::Traces::open()?;
    #[cfg(feature = "otel")]
    let wanted = filter.is_some() || traces.is_some();
    #[cfg(not(feature = "otel"))]
    let wanted = filter.is_some();
    if !wanted {
        // Without a subscriber a span or an event is a look at a flag.
        return Ok(Logging::default());
    }
    let lines = filter.map(|filter| {
        tracing_subscriber::fmt::layer()
            .with_writer(|| BesideTheBar)
            .with_ansi(colors_errors() && io::stderr().is_terminal())
            .with_filter(filter)
    });
    let registry = tracing_subscriber::registry().with(lines);
    #[cfg(feature = "otel")]
    let registry = registry.with(traces.as_ref().map(super::traces::Traces::layer));
    registry
        .try_init()
        .map_err(|error| Failure::usage(format!("cannot start logging: {error}")))?;
    Ok(Logging {
        #[cfg(feature = "otel")]
        traces,
    })
}

impl Logging {
    /// Sends what is still to be sent.
    pub fn finish(self) {
        #[cfg(feature = "otel")]
        if let Some(traces) = self.traces {
            traces.finish();
        }
    }
}

fn filter() -> Result<Option<EnvFilter>, Failure> {
    let asked = std::env::var(EnvFilter::DEFAULT_ENV).unwrap_or_default();
    if asked.trim().is_empty() {
        return Ok(None);
    }
    let filter = EnvFilter::try_new(&asked);
    filter.map(Some).map_err(|error| {
        Failure::usage(format!(
            "cannot read `RUST_LOG={asked}`: {error}; it is a level such as `debug`, or levels of parts such as `autosafe::run=debug`"
        ))
    })
}

/// Standard error, with the bar out of the way while a line is written.
struct BesideTheBar;

impl Write for BesideTheBar {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        write_beside_progress(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
