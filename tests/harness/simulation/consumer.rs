//! A simulated consumer's transform.

use anyhow::{Context, Result, ensure};
use fluvio_smartmodule::Record;
use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::expectation::{InvalidParameter, appended, check, events, expect, same};
use super::probe::{answer, probe};
use super::producer::{Producer, TimeOrder, equal_lines, segment_batches};
use super::tally::Tally;
use crate::batch_job::{by_id, expected_by_id, sessions};
use crate::broker::{LookBack, Partition, Stream};
use crate::event::Event;
use crate::host::Host;
use crate::reference::Reference;
use crate::sessionized::Sessionized;

/// The smallest response size, in bytes: more than the output of any simulated batch, because the
/// broker would skip one that does not fit.
const SMALLEST_RESPONSE: usize = 12_000;

pub(super) fn run(dice: &mut ChaCha8Rng, host: &dyn Host) -> Result<Tally> {
    let mut producer = Producer::new(dice);
    let invalid = *[InvalidParameter::Tag, InvalidParameter::Drop]
        .choose(dice)
        .unwrap_or(&InvalidParameter::Tag);
    let mut parameters = producer.bounds.parameters();
    parameters.extend([invalid.parameter(), producer.format.parameter()]);
    let format = producer.format;
    let max_bytes = SMALLEST_RESPONSE + dice.random_range(0..10_000);
    let mut tally = Tally::default();

    let mut partition = Partition::with_segments(segment_batches(dice));
    let mut reference = Reference::new(&producer.bounds);
    let mut uninterrupted = Reference::new(&producer.bounds);
    let mut covered = true;
    // Whether no batch has come since the stream began. Until one does, it is open which
    // looked-back events count.
    let mut waiting = false;
    // Whether the latest look-back read the whole log.
    let mut shown_all = false;
    let mut stream = Stream::open(host, &parameters, &partition, 0, None, max_bytes)?;
    for step in 0..dice.random_range(5..40) {
        for _ in 0..dice.random_range(0..8) {
            let batch = producer.batch(dice, &uninterrupted);
            if dice.random_bool(0.1) {
                for batch in equal_lines(dice, batch) {
                    partition.append(batch);
                }
            } else {
                partition.append(batch);
            }
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
            if std::mem::take(&mut waiting) {
                let mut begun = reference.clone();
                begun.begin_batch(appended(batch));
                let agrees = begun.agrees(&uninterrupted);
                ensure!(
                    agrees || !shown_all || producer.order == TimeOrder::Wild,
                    "step {step}: the whole log does not restore the state"
                );
                covered &= agrees;
                tally.covered += u64::from(agrees);
            }
            let events = events(batch, format);
            expected.extend(expect(&mut reference, batch, &events, invalid).unwrap_or_default());
            undisturbed
                .extend(expect(&mut uninterrupted, batch, &events, invalid).unwrap_or_default());
        }
        check(&expected, &response.records).with_context(|| format!("step {step}"))?;
        if covered {
            same(&expected, &undisturbed).with_context(|| format!("step {step}"))?;
        }
        tally.records += expected.len() as u64;
        tally.presented_again += response.presented_again as u64;

        let caught_up = stream.offset() == partition.high_watermark();
        if caught_up && dice.random_bool(0.15) {
            let now = producer.clock;
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
            let shown = partition.look_back(look_back, now);
            shown_all = shown.len() == partition.records().count();
            reference = replayed(&producer, &shown);
            waiting = true;
            tally.restarts += 1;
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
            let events = events(batch, format);
            expected.extend(expect(&mut reference, batch, &events, invalid).unwrap_or_default());
            expect(&mut uninterrupted, batch, &events, invalid);
        }
        check(&expected, &response.records).context("catching up")?;
        tally.presented_again += response.presented_again as u64;
    }
    judge(
        &producer,
        &partition,
        host,
        &parameters,
        invalid,
        &mut tally,
        (covered && !waiting).then_some(stream),
    )?;
    Ok(tally)
}

/// Checks at the end: a new stream over all records gives the sessions of the batch job, and the
/// interrupted stream has the same state as the new one.
fn judge(
    producer: &Producer,
    partition: &Partition,
    host: &dyn Host,
    parameters: &[(String, String)],
    invalid: InvalidParameter,
    tally: &mut Tally,
    interrupted: Option<Stream>,
) -> Result<()> {
    let mut fresh = Stream::open(host, parameters, partition, 0, None, usize::MAX)?;
    let response = fresh.fetch(partition)?;
    let mut reference = Reference::new(&producer.bounds);
    let mut expected = Vec::new();
    for batch in partition.batches() {
        let events = events(batch, producer.format);
        expected.extend(expect(&mut reference, batch, &events, invalid).unwrap_or_default());
    }
    check(&expected, &response.records).context("a fresh replay")?;
    if producer.order == TimeOrder::Sorted {
        let found: Vec<Sessionized> = response
            .records
            .iter()
            .filter_map(|record| Sessionized::parse(record.value.as_ref()).ok())
            .collect();
        let accepted: Vec<Event> = expected
            .iter()
            .filter_map(|expected| expected.event())
            .map(|(event, _)| event.clone())
            .collect();
        ensure!(
            by_id(&found) == expected_by_id(&sessions(&accepted, &producer.bounds)),
            "the sessions are not those of the batch job"
        );
        tally.judged += 1;
    }
    let probe = probe(producer, &reference);
    let events = events(&probe, producer.format);
    let expected =
        expect(&mut reference, &probe, &events, invalid).context("the probe was refused")?;
    check(&expected, &answer(fresh.instance(), &probe)?).context("a fresh replay, probed")?;
    if let Some(mut stream) = interrupted {
        check(&expected, &answer(stream.instance(), &probe)?)
            .context("not what a fresh replay says")?;
    }
    Ok(())
}

/// A reference that has looked back at raw events.
fn replayed(producer: &Producer, shown: &[Record]) -> Reference {
    let mut reference = Reference::new(&producer.bounds);
    let events = shown
        .iter()
        .filter_map(|record| producer.format.read(record.value.as_ref(), None));
    reference.replay(events.collect());
    reference
}
