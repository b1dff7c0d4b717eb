//! Who sees to it that the instance of one partition has been told its sessions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fluvio_future::timer::sleep;
use sessionize_core::parameters::Parameters;
use sessionize_core::restore::Nonce;
use tracing::info;

use crate::failure::Failure;
use crate::figures::{Figures, Waiting};
use crate::outage::Outage;
use crate::partition::{Leaders, Partition};
use crate::telling::{Teller, Told, is_told};
use crate::words::Reach;

/// When to ask and to try again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// How long after a probe the next one follows.
    pub(crate) probe: Duration,
    /// How often to look whether the broker has hung up meanwhile.
    pub(crate) look: Duration,
    /// How long after a failure to try again.
    pub(crate) retry: Duration,
}

impl Pace {
    /// As it is on a cluster.
    pub(crate) const CLUSTER: Self = Self {
        probe: Duration::from_secs(1),
        look: Duration::from_millis(100),
        retry: Duration::from_millis(250),
    };
}

/// What all partitions of a topic are told by.
#[derive(Clone)]
pub(crate) struct Orders {
    pub(crate) parameters: Parameters,
    pub(crate) reach: Reach,
    pub(crate) pace: Pace,
    pub(crate) figures: Figures,
}

/// Sees to one partition.
pub(crate) struct Guard<L: Leaders> {
    leaders: Arc<L>,
    orders: Arc<Orders>,
    index: u32,
    /// The connection to the leader, while it is of use.
    partition: Option<L::Partition>,
    /// Whether to tell an instance that says that it was told.
    force: bool,
    waiting: Waiting,
    outage: Outage,
}

impl<L: Leaders> Guard<L> {
    /// Sees to the partition of this number. With `force`, it is told the first time, too, if it
    /// says that it was told.
    pub(crate) fn new(leaders: Arc<L>, orders: Arc<Orders>, index: u32, force: bool) -> Self {
        Self {
            waiting: Waiting::new(&orders.figures),
            leaders,
            orders,
            index,
            partition: None,
            force,
            outage: Outage::default(),
        }
    }

    /// Tries until the partition is told, for as long as `patience` lasts. Returns what it was
    /// told; nothing if it was told before.
    pub(crate) async fn restore(mut self, patience: Duration) -> Result<Option<Told>, Failure> {
        let began = Instant::now();
        loop {
            match self.attend().await {
                Err(_) if began.elapsed() < patience => sleep(self.orders.pace.retry).await,
                ended => return ended,
            }
        }
    }

    /// Tells the partition whenever it has to be told, for ever.
    pub(crate) async fn watch(mut self) {
        let Pace { probe, look, retry } = self.orders.pace;
        loop {
            if self.attend().await.is_err() {
                sleep(retry).await;
                continue;
            }
            let asked = Instant::now();
            while asked.elapsed() < probe && self.partition.as_ref().is_some_and(|p| p.is_there()) {
                sleep(look).await;
            }
        }
    }

    /// Asks the partition whether it was told, and tells it if not. Returns what it was told.
    async fn attend(&mut self) -> Result<Option<Told>, Failure> {
        let attended = self.try_to_attend().await;
        match &attended {
            Ok(told) => {
                self.outage.end("the partition is within reach again");
                self.waiting.set(false);
                self.force = false;
                if let Some(told) = told {
                    let figures = &self.orders.figures;
                    figures.tellings.inc();
                    figures.seconds.set(told.took.as_secs_f64());
                    info!(
                        sessions = told.sessions,
                        records = told.read,
                        passed_over = told.passed_over,
                        seconds = told.took.as_secs_f64(),
                        "told"
                    );
                }
            }
            Err(failure) => {
                self.waiting.set(true);
                self.partition = None;
                self.outage.begin("cannot tell the partition", failure);
            }
        }
        attended
    }

    async fn try_to_attend(&mut self) -> Result<Option<Told>, Failure> {
        let partition = match &mut self.partition {
            Some(partition) if partition.is_there() => partition,
            _ => {
                let connected = self.leaders.connect(self.index).await?;
                self.partition.insert(connected)
            }
        };
        if is_told(partition).await? && !self.force {
            return Ok(None);
        }
        self.waiting.set(true);
        let nonce: Nonce =
            sessionize_pipeline::random().map_err(|e| Failure::Connection(e.to_string()))?;
        let Orders {
            parameters,
            reach,
            figures,
            ..
        } = self.orders.as_ref();
        let teller = Teller::new(parameters, *reach, figures);
        teller.tell(partition, nonce).await.map(Some)
    }
}

#[cfg(test)]
mod tests;
