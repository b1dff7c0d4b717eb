//! What a driver waits for.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use fluvio_future::timer::sleep;
use futures_util::stream::FuturesUnordered;

use crate::failure::Failure;
use crate::feed::source::{Portion, Source};

/// What was waited for.
pub(super) enum Event<S, P> {
    Named(usize, S, Result<Option<String>, Failure>),
    Read(usize, S, Result<Portion, Failure>),
    Sent(usize, P, usize, Result<i64, Failure>),
    Look,
    /// How many partitions the topic has by now, and how many sources there are.
    Partitions(Result<u32, Failure>, Option<usize>),
    /// Nobody waits for names any longer.
    Enough,
}

/// All that is waited for.
pub(super) type Waiting<S, P> = FuturesUnordered<Awaited<S, P>>;

/// One of the things that are waited for.
pub(super) type Awaited<S, P> = Pin<Box<dyn Future<Output = Event<S, P>> + Send>>;

/// Waits for the name of a source, after a pause.
pub(super) fn named<S: Source + 'static, P: Send>(
    number: usize,
    mut source: S,
    pause: Duration,
) -> Awaited<S, P> {
    Box::pin(async move {
        sleep(pause).await;
        let name = source.name().await;
        Event::Named(number, source, name)
    })
}

/// Waits until nobody waits for names any longer.
pub(super) fn enough<S, P>(pause: Duration) -> Awaited<S, P> {
    Box::pin(async move {
        sleep(pause).await;
        Event::Enough
    })
}

/// Waits until the next look.
pub(super) fn look<S, P>(pause: Duration) -> Awaited<S, P> {
    Box::pin(async move {
        sleep(pause).await;
        Event::Look
    })
}
