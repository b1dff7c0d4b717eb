//! What the events are like, and how they spread.

use sessionize_core::parameters::KeySource;

use super::super::finding::Finding;
use super::super::report::PartitionReport;
use super::{Case, Percent};

/// Share of records or events from which on something is said of them.
const MANY: f64 = 0.01;

/// Share of a partition's events from which on a key is hot.
const HOT: f64 = 0.1;

/// How many times as many events as its part a partition must have for something to be said of it.
const SKEWED: f64 = 1.5;

/// What the events are like, and how they spread.
pub(super) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let findings = [
        nothing(case),
        strange(case),
        invalid(case),
        fragments(case),
        late(case),
        skew(case),
        hot_key(case),
    ];
    findings.into_iter().flatten().collect()
}

fn nothing(case: &Case<'_>) -> Option<Finding> {
    let (partitions, _) = case.worst(|part| part.events == 0, |_| 0)?;
    Some(Finding::note("there are no events to judge by").of(partitions))
}

fn strange(case: &Case<'_>) -> Option<Finding> {
    let (partitions, worst) = case.worst(|part| part.strange > MANY, |part| part.strange)?;
    let text = format!(
        "{} of the records of partition {} tell nothing of a session: they were stored by another \
         module, or with another `prefix`, `id` or `key`, and cannot be restored",
        Percent(worst.strange),
        worst.partition
    );
    Some(Finding::warning(text).of(partitions))
}

fn invalid(case: &Case<'_>) -> Option<Finding> {
    let has = |part: &PartitionReport| part.invalid.is_some_and(|share| share > MANY);
    let (partitions, worst) = case.worst(has, |part| part.invalid)?;
    let text = format!(
        "{} of the records of partition {} could not be sessionized, the latest because: {}",
        Percent(worst.invalid.unwrap_or_default()),
        worst.partition,
        worst.invalid_reason.as_deref().unwrap_or_default(),
    );
    Some(Finding::warning(text).of(partitions))
}

fn fragments(case: &Case<'_>) -> Option<Finding> {
    let (partitions, worst) = case.worst(|part| part.fragments > MANY, |part| part.fragments)?;
    let text = format!(
        "{} of the events of partition {} came too late for their sessions, and are fragments",
        Percent(worst.fragments),
        worst.partition
    );
    let advice = "put events in order in front of the topic, as `sessionize feed` does, or set \
                  `lateness` to how late they come";
    Some(Finding::warning(text).advise(advice).of(partitions))
}

fn late(case: &Case<'_>) -> Option<Finding> {
    let behind = |part: &PartitionReport| part.late - part.fragments;
    let (partitions, worst) = case.worst(|part| behind(part) > MANY, behind)?;
    let text = format!(
        "{} of the events of partition {} came behind later ones of their sessions",
        Percent(behind(worst)),
        worst.partition
    );
    let advice = "`sessionize feed` puts events in order in front of the topic";
    Some(Finding::note(text).advise(advice).of(partitions))
}

fn skew(case: &Case<'_>) -> Option<Finding> {
    let total: f64 = case
        .partitions
        .iter()
        .map(|part| part.events_per_second)
        .sum();
    let even = total / case.partitions.len().max(1) as f64;
    let has = |part: &PartitionReport| part.events_per_second > SKEWED * even;
    let (partitions, worst) = case.worst(has, |part| part.events_per_second)?;
    let text = format!(
        "partition {} takes {} of the events of {} partitions",
        worst.partition,
        Percent(worst.events_per_second / total),
        case.partitions.len()
    );
    let is_hot = worst.heaviest.first().is_some_and(|key| key.share > HOT);
    let advice = match is_hot {
        true => "its heaviest key is the reason; more partitions do not help that key",
        false => "is each record keyed by its visitor? Fluvio chooses the partition by these bytes",
    };
    Some(Finding::note(text).advise(advice).of(partitions))
}

fn hot_key(case: &Case<'_>) -> Option<Finding> {
    let share = |part: &PartitionReport| part.heaviest.first().map_or(0.0, |key| key.share);
    let (partitions, worst) = case.worst(|part| share(part) > HOT, share)?;
    let text = format!(
        "{} has {} of the events of partition {}",
        worst.heaviest.first()?.key,
        Percent(share(worst)),
        worst.partition
    );
    let advice = match &case.topic.parameters.key {
        KeySource::Fields(fields) if fields.len() == 1 => {
            let field = fields.first().map_or("", |field| &field.name);
            format!(
                "leave it out in front if it is a bot; or make the key finer, as in `key: \
                 \"{field},user_agent\"`"
            )
        }
        _ => "leave it out in front if it is a bot".to_owned(),
    };
    Some(Finding::note(text).advise(advice).of(partitions))
}
