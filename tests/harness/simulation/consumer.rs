//! The life of a consumer's transform.

use anyhow::{Context, Result, ensure};
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::Tally;
use super::expectation::{Invalid, check, expect};
use super::topic::{answer, probe};
use super::traffic::{Order, Traffic};
use crate::broker::{LookBack, Partition, Stream};
use crate::event::Event;
use crate::host::Host;
use crate::oracle::{by_id, expected_by_id, sessions};
use crate::reference::Reference;
use crate::sessionized::Sessionized;

/// More than the output of any simulated batch, which the broker would lose.
const SMALLEST_RESPONSE: usize = 5_000;

pub(super) fn run(dice: &mut ChaCha8Rng, host: &dyn Host) -> Result<Tally> {
    let mut traffic = Traffic::new(dice);
    let invalid = *[Invalid::Tag, Invalid::Drop]
        .choose(dice)
        .unwrap_or(&Invalid::Tag);
    let mut parameters = traffic.rule.parameters();
    parameters.push(invalid.parameter());
    let max_bytes = SMALLEST_RESPONSE + dice.random_range(0..10_000);
    let mut tally = Tally::default();

    let mut partition = Partition::default();
    let mut reference = Reference::new(&traffic.rule);
    let mut uninterrupted = Reference::new(&traffic.rule);
    let mut covered = true;
    let mut stream = Stream::open(host, &parameters, &partition, 0, None, max_bytes)?;
    for step in 0..dice.random_range(5..40) {
        for _ in 0..dice.random_range(0..8) {
            partition.append(traffic.batch(dice, &uninterrupted));
        }
        let from = stream.offset();
        let response = stream.fetch(&partition)?;
        ensure!(response.skipped == 0, "a batch exceeds the response");
        let mut expected = Vec::new();
        let mut undisturbed = Vec::new();
        for batch in partition
            .batches_from(from)
            .iter()
            .take_while(|batch| batch.base_offset < stream.offset())
        {
            expected.extend(expect(&mut reference, batch, invalid).unwrap_or_default());
            undisturbed.extend(expect(&mut uninterrupted, batch, invalid).unwrap_or_default());
        }
        check(&expected, &response.records).with_context(|| format!("step {step}"))?;
        if covered {
            check(&undisturbed, &response.records)
                .with_context(|| format!("step {step}, without restarts"))?;
        }
        tally.records += expected.len() as u64;
        tally.presented_again += response.presented_again as u64;

        let caught_up = stream.offset() == partition.high_watermark();
        if caught_up && dice.random_bool(0.15) {
            let now = traffic.clock;
            let last = dice.random_range(1..100);
            let look_back = *[
                LookBack::Last(last),
                LookBack::Age { age: 100_000, last },
                LookBack::Age {
                    age: 100_000,
                    last: 0,
                },
            ]
            .choose(dice)
            .unwrap_or(&LookBack::Last(last));
            stream = Stream::open(
                host,
                &parameters,
                &partition,
                partition.high_watermark(),
                Some((look_back, now)),
                max_bytes,
            )?;
            reference = replayed(&traffic, &partition, look_back, now);
            let agrees = reference.agrees(&uninterrupted);
            covered &= agrees;
            tally.restarts += 1;
            tally.covered += u64::from(agrees);
        }
    }
    while stream.offset() < partition.high_watermark() {
        let from = stream.offset();
        let response = stream.fetch(&partition)?;
        let mut expected = Vec::new();
        for batch in partition
            .batches_from(from)
            .iter()
            .take_while(|batch| batch.base_offset < stream.offset())
        {
            expected.extend(expect(&mut reference, batch, invalid).unwrap_or_default());
            expect(&mut uninterrupted, batch, invalid);
        }
        check(&expected, &response.records).context("catching up")?;
        tally.presented_again += response.presented_again as u64;
    }
    judge(
        &traffic,
        &partition,
        host,
        &parameters,
        invalid,
        &mut tally,
        covered.then_some(stream),
    )?;
    Ok(tally)
}

/// At the end: another stream over all records gives the sessions of the batch job, and its state is that of the one that
/// was interrupted.
fn judge(
    traffic: &Traffic,
    partition: &Partition,
    host: &dyn Host,
    parameters: &[(String, String)],
    invalid: Invalid,
    tally: &mut Tally,
    interrupted: Option<Stream>,
) -> Result<()> {
    let mut fresh = Stream::open(host, parameters, partition, 0, None, usize::MAX)?;
    let response = fresh.fetch(partition)?;
    let mut reference = Reference::new(&traffic.rule);
    let mut expected = Vec::new();
    for batch in partition.batches() {
        expected.extend(expect(&mut reference, batch, invalid).unwrap_or_default());
    }
    check(&expected, &response.records).context("a fresh replay")?;
    if traffic.order == Order::Sorted {
        let found: Vec<Sessionized> = response
            .records
            .iter()
            .filter_map(|record| Sessionized::parse(record.value.as_ref()).ok())
            .collect();
        let events: Vec<Event> = expected
            .iter()
            .filter_map(|expected| expected.event())
            .map(|(event, _)| event.clone())
            .collect();
        ensure!(
            by_id(&found) == expected_by_id(&sessions(&events, &traffic.rule)),
            "the sessions are not those of the batch job"
        );
        tally.judged += 1;
    }
    let probe = probe(traffic, &reference);
    let expected = expect(&mut reference, &probe, invalid).context("the probe has been refused")?;
    check(&expected, &answer(fresh.instance(), &probe)?).context("a fresh replay, probed")?;
    if let Some(mut stream) = interrupted {
        check(&expected, &answer(stream.instance(), &probe)?)
            .context("not what a fresh replay says")?;
    }
    Ok(())
}

/// What the reference knows after it looked back at raw events.
fn replayed(traffic: &Traffic, partition: &Partition, look_back: LookBack, now: i64) -> Reference {
    let mut reference = Reference::new(&traffic.rule);
    for record in partition.look_back(look_back, now) {
        if let Some(event) = Event::parse(record.value.as_ref(), None) {
            reference.replay(&event);
        }
    }
    reference
}
