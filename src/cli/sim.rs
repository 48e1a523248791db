//! `autosafe sim`

use super::arguments::SimArguments;
use super::exit::{Exit, Failure, Outcome};
use super::output::print_note;
use super::runs::start_runtime;
use crate::model::{FaultPlan, ServerOptions, serve};

/// Serves the simulated model until interrupted.
pub fn sim(arguments: &SimArguments) -> Outcome {
    let faults: FaultPlan = arguments
        .fault
        .parse()
        .map_err(|error| Failure::usage(format!("`--fault {}`: {error}", arguments.fault)))?;
    let options = ServerOptions {
        latency: arguments.latency,
        faults,
        require_key: required_key(arguments)?,
        admit: arguments.admit,
        retry_after: arguments.retry_after,
    };
    start_runtime()?.block_on(listen(arguments, options))
}

async fn listen(arguments: &SimArguments, options: ServerOptions) -> Outcome {
    let cannot = |error: std::io::Error| {
        Failure::usage(format!("cannot listen on {}: {error}", arguments.listen))
    };
    let listener = tokio::net::TcpListener::bind(arguments.listen)
        .await
        .map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    print_note(format_args!(
        "the simulated model answers at http://{address}/v1 (Ctrl-C ends it)"
    ));
    let tally = serve(listener, options, interrupted())
        .await
        .map_err(cannot)?;
    print_note(format_args!(
        "{} calls answered, {} refused, {} faulty",
        tally.answered, tally.refused, tally.faulty
    ));
    Ok(Exit::Done)
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a signal handler the server runs until it is killed.
        std::future::pending::<()>().await;
    }
}

fn required_key(arguments: &SimArguments) -> Result<Option<String>, Failure> {
    match &arguments.require_key {
        None => Ok(None),
        Some(name) => std::env::var(name).map(Some).map_err(|_| {
            Failure::usage(format!(
                "`--require-key {name}`: the environment variable `{name}` is not set"
            ))
        }),
    }
}
