//! A producer that repeats what is refused, on a cluster that is killed meanwhile.
//!
//!     producer --topic sessions --output stored.ndjson access.ndjson
//!
//! It sends each visitor's JSON events to one partition, one batch at a time. What was not
//! acknowledged is sent again, until it is. Then it reads back what is stored, and checks that each
//! acknowledged event is where the acknowledgement says. The output, all that is stored in stored
//! order, is for the judge.

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use clap::Parser;
use fluvio_future::task::{run_block_on, spawn_task};
use fluvio_future::timer::sleep;
use fluvio_protocol::record::{Record, RecordData};
use serde_json::Value;
use sessionize_cluster::TopicLeaders;
use sessionize_cluster::failure::Failure;
use sessionize_cluster::partition::{Leaders, Partition};
use sessionize_cluster::tail::Tail;

/// How long to wait before a batch is sent again.
const PAUSE: Duration = Duration::from_millis(50);

/// How long a leader may take to come back.
const PATIENCE: Duration = Duration::from_secs(60);

/// Produce JSON events to a sessionized topic, and check what is stored.
#[derive(Debug, Parser)]
struct ProducerOptions {
    /// Topic to produce to
    #[arg(long)]
    topic: String,
    /// Most events of a batch
    #[arg(long, default_value_t = 200)]
    batch: usize,
    /// Wait until all replicas have an event before it counts as acknowledged
    #[arg(long)]
    committed: bool,
    /// Print a line whenever so many more events are acknowledged
    #[arg(long, default_value_t = usize::MAX)]
    every: usize,
    /// File to write the stored events to, in stored order
    #[arg(long)]
    output: PathBuf,
    /// File with a JSON event in each line
    file: PathBuf,
}

/// What became of the events of one partition.
struct Delivery {
    /// The events, and at which offset each of them was acknowledged.
    acknowledged: Vec<(i64, String)>,
    /// Batches that the module refused.
    refused: u64,
    /// Batches whose answer was another error, or none.
    failed: u64,
    /// The longest time between two acknowledgements.
    longest_wait: Duration,
}

/// Counts the acknowledged events of all partitions.
struct Counter {
    acknowledged: AtomicUsize,
    every: usize,
}

fn main() -> ExitCode {
    match run_block_on(produce(ProducerOptions::parse())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("producer: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn produce(options: ProducerOptions) -> Result<()> {
    let text = fs::read_to_string(&options.file)
        .with_context(|| format!("cannot read {}", options.file.display()))?;
    let (leaders, partitions) = TopicLeaders::of_topic(None, &options.topic)
        .await
        .map_err(|error| anyhow!("{error}"))?;
    let leaders = Arc::new(leaders.acknowledged_by_all(options.committed));
    let counter = Arc::new(Counter {
        acknowledged: AtomicUsize::new(0),
        every: options.every,
    });
    let began = Instant::now();
    let mut shares = vec![Vec::new(); partitions as usize];
    for line in text.lines() {
        let event: Value = serde_json::from_str(line)?;
        let visitor = event.get("ip").and_then(Value::as_str).context("no ip")?;
        let mut hasher = DefaultHasher::new();
        visitor.hash(&mut hasher);
        let share = hasher.finish() % u64::from(partitions);
        if let Some(share) = shares.get_mut(share as usize) {
            share.push((visitor.to_owned(), line.to_owned()));
        }
    }
    let tasks: Vec<_> = (0..)
        .zip(shares)
        .map(|(partition, share)| {
            let delivery = deliver(
                leaders.clone(),
                partition,
                share,
                options.batch,
                counter.clone(),
            );
            spawn_task(delivery)
        })
        .collect();
    let mut output = BufWriter::new(File::create(&options.output)?);
    let mut lost = 0;
    for (partition, task) in (0..).zip(tasks) {
        let delivery = task.await;
        let stored = await_stored(leaders.as_ref(), partition).await?;
        lost += check(&delivery, &stored);
        println!(
            "partition {partition}: {} acknowledged, {} stored, {} batches refused, {} failed, \
             longest wait {:.2} s",
            delivery.acknowledged.len(),
            stored.len(),
            delivery.refused,
            delivery.failed,
            delivery.longest_wait.as_secs_f64(),
        );
        for value in stored {
            output.write_all(&value)?;
            output.write_all(b"\n")?;
        }
    }
    output.flush()?;
    println!("in {:.1} s", began.elapsed().as_secs_f64());
    ensure!(
        lost == 0,
        "{lost} acknowledged events are not where they should be"
    );
    Ok(())
}

/// Sends the events of one partition until all of them are acknowledged.
async fn deliver(
    leaders: Arc<TopicLeaders>,
    partition: u32,
    events: Vec<(String, String)>,
    batch: usize,
    counter: Arc<Counter>,
) -> Delivery {
    let mut delivery = Delivery {
        acknowledged: Vec::with_capacity(events.len()),
        refused: 0,
        failed: 0,
        longest_wait: Duration::ZERO,
    };
    let mut connection = None;
    for events in events.chunks(batch) {
        let began = Instant::now();
        loop {
            let sent = match &mut connection {
                Some(leader) => Partition::produce(leader, records(events)).await,
                None => match leaders.connect(partition).await {
                    Ok(leader) => {
                        connection = Some(leader);
                        continue;
                    }
                    Err(failure) => Err(failure),
                },
            };
            match sent {
                Ok(offset) => {
                    let events = events.iter().map(|(_, event)| event.clone());
                    delivery.acknowledged.extend((offset..).zip(events));
                    break;
                }
                Err(Failure::Refused) => delivery.refused += 1,
                Err(_) => {
                    delivery.failed += u64::from(connection.take().is_some());
                }
            }
            sleep(PAUSE).await;
        }
        delivery.longest_wait = delivery.longest_wait.max(began.elapsed());
        counter.count(events.len());
    }
    delivery
}

impl Counter {
    fn count(&self, events: usize) {
        let before = self.acknowledged.fetch_add(events, Ordering::Relaxed);
        let now = before + events;
        if before / self.every != now / self.every {
            println!("{now}");
        }
    }
}

fn records(events: &[(String, String)]) -> Vec<Record> {
    let record = |(visitor, event): &(String, String)| Record {
        key: Some(RecordData::from(visitor.as_str())),
        value: RecordData::from(event.as_str()),
        ..Record::default()
    };
    events.iter().map(record).collect()
}

/// The values that a partition has stored, once its leader answers.
async fn await_stored(leaders: &TopicLeaders, partition: u32) -> Result<Vec<Vec<u8>>> {
    let began = Instant::now();
    loop {
        match stored(leaders, partition).await {
            Err(_) if began.elapsed() < PATIENCE => sleep(PAUSE).await,
            ended => return ended,
        }
    }
}

/// The values that a partition has stored.
async fn stored(leaders: &TopicLeaders, partition: u32) -> Result<Vec<Vec<u8>>> {
    let failed = |failure: Failure| anyhow!("{failure}");
    let mut leader = leaders.connect(partition).await.map_err(failed)?;
    let mut tail = Tail::new(&mut leader);
    let (start, end) = tail.bounds().await.map_err(failed)?;
    let mut values = Vec::new();
    let take = |record: Record| values.push(record.value.as_ref().to_vec());
    let read = tail.read(start, end, take).await.map_err(failed)?;
    ensure!(start == 0, "the log begins at offset {start}");
    ensure!(read.damaged == 0, "{} records are damaged", read.damaged);
    Ok(values)
}

/// How many events are not stored where they were acknowledged.
fn check(delivery: &Delivery, stored: &[Vec<u8>]) -> usize {
    let is_lost = |(offset, event): &&(i64, String)| {
        let stored = usize::try_from(*offset).ok().and_then(|at| stored.get(at));
        let own = event.trim_end_matches('}').as_bytes();
        !stored.is_some_and(|stored| stored.starts_with(own))
    };
    delivery.acknowledged.iter().filter(is_lost).count()
}
