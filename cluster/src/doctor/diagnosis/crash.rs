//! What a crash of the broker would do, and what to set against it.

use indicatif::HumanCount;
use sessionize_core::parameters::{MAX_KEYS, Restore};

use super::super::finding::Finding;
use super::super::report::{PartitionReport, ReadUntil};
use super::{Case, duration, round_up};
use crate::lookback::Lookback;
use crate::remark::Remark;

/// Share of `max_keys` from which on it is nearly reached.
const NEARLY_ALL: f64 = 0.9;

/// What a crash of the broker would do, and what to set against it.
pub(super) fn findings(case: &Case<'_>) -> Vec<Finding> {
    let restore = case.topic.parameters.restore;
    let mut findings = Vec::new();
    findings.extend(not_told(case));
    if restore != Restore::Require {
        findings.extend(case.topic.lookback.topic_age_remark().map(Finding::from));
        findings.extend(too_few(case));
        findings.extend(too_many_segments(case));
        findings.extend(cut_off(case));
        let memory = case.topic.lookback.memory_remark(bytes_per_event(case));
        findings.extend(memory.map(|remark| Finding::from(remark).advise(advice(case, None))));
    }
    findings.extend(too_many_keys(case));
    findings.extend(deleted(case));
    match restore {
        Restore::Off => {
            findings.extend(last_moments(case));
            findings.extend(segments(case));
        }
        Restore::Accept => {}
        Restore::Require => findings.extend(needless_look_back(case)),
    }
    let watcher = Remark::on_restore(restore).map(Finding::from);
    findings.extend(watcher.map(|note| {
        note.advise(
            "alert on its figure sessionize_restore_partitions_waiting: nobody can see from here \
             whether it runs",
        )
    }));
    findings
}

/// Instances that have not been told their sessions.
fn not_told(case: &Case<'_>) -> Option<Finding> {
    let (partitions, _) = case.worst(|part| part.is_told == Some(false), |_| 0)?;
    let text = match case.topic.parameters.restore {
        Restore::Require => {
            "every event is refused: the module has not been told its sessions since it started"
        }
        _ => {
            "sessions may be split now: the module has not been told its sessions since it started"
        }
    };
    let name = &case.topic.name;
    let advice = format!("run `sessionize restore --topic {name} --watch`");
    Some(Finding::warning(text).advise(advice).of(partitions))
}

/// A look-back with too small a count.
fn too_few(case: &Case<'_>) -> Option<Finding> {
    let count = case.topic.lookback.count;
    let has = |part: &PartitionReport| part.look_back_needed > count;
    let (partitions, worst) = case.worst(has, |part| part.look_back_needed)?;
    let text = format!(
        "a crash now would split up to {} of {} live sessions of partition {}: look-back shows only \
         {} of the last {} records, which tell them",
        HumanCount(worst.look_back_misses),
        HumanCount(worst.visitors_at_risk),
        worst.partition,
        HumanCount(count),
        HumanCount(worst.look_back_needed),
    );
    let finding = level(case, text).advise(advice(case, Some(enough(case))));
    Some(finding.of(partitions))
}

/// A look-back that ends with a segment in front of what is needed.
fn too_many_segments(case: &Case<'_>) -> Option<Finding> {
    let count = case.topic.lookback.count;
    let ends_early = |part: &PartitionReport| {
        let shown = part.look_back_shown;
        shown.is_some_and(|(from, to)| from < to && to < part.log_end)
    };
    let has = |part: &PartitionReport| ends_early(part) && part.look_back_misses > 0;
    let (partitions, worst) = case.worst(has, |part| part.look_back_misses)?;
    let (_, to) = worst.look_back_shown?;
    let hidden = (worst.log_end - to).unsigned_abs();
    let text = format!(
        "a crash now would split up to {} of {} live sessions of partition {}: look-back begins {} \
         records before the end, and ends with the segment there, {} records before the end",
        HumanCount(worst.look_back_misses),
        HumanCount(worst.visitors_at_risk),
        worst.partition,
        HumanCount(count),
        HumanCount(hidden),
    );
    // Of the newest segment alone, all is shown.
    let newest = case
        .partitions
        .iter()
        .filter_map(|part| Some((part.log_end - part.segment_start?).unsigned_abs()));
    let enough = enough(case);
    let fits = newest
        .min()
        .is_some_and(|newest| enough <= newest && enough < count);
    let finding = level(case, text).advise(advice(case, fits.then_some(enough)));
    Some(finding.of(partitions))
}

/// Partitions of which too little was read.
fn cut_off(case: &Case<'_>) -> Option<Finding> {
    let (partitions, worst) = case.worst(
        |part| part.read_until == ReadUntil::Limit,
        |part| -part.read_back,
    )?;
    let text = format!(
        "partition {} was read back by {} only, and not by all that a crash may touch",
        worst.partition,
        duration((worst.read_back * 1000.0) as i64),
    );
    let finding = Finding::note(text).advise("read more of it with --limit");
    Some(finding.of(partitions))
}

/// Visitors that the module forgets although they are live.
fn too_many_keys(case: &Case<'_>) -> Option<Finding> {
    let most = case.topic.parameters.max_keys as u64;
    let has = |part: &PartitionReport| part.visitors_in_ttl as f64 >= NEARLY_ALL * most as f64;
    let (partitions, worst) = case.worst(has, |part| part.visitors_in_ttl)?;
    let text = format!(
        "partition {} has {} visitors within `ttl`, and the module holds {} (`max_keys`): it \
         forgets those that are idle longest",
        worst.partition,
        HumanCount(worst.visitors_in_ttl),
        HumanCount(most),
    );
    let more = round_up(2 * worst.visitors_in_ttl).min(MAX_KEYS);
    let advice = format!("`max_keys: \"{more}\"` (up to 64 bytes each), or a shorter `ttl`");
    Some(Finding::warning(text).advise(advice).of(partitions))
}

/// What was deleted, or will be, although sessions of it are live.
fn deleted(case: &Case<'_>) -> Option<Finding> {
    let parameters = &case.topic.parameters;
    let live = parameters.rule.ttl.saturating_add(parameters.lateness);
    if case.topic.retention < live {
        let text = format!(
            "records are deleted after {}, and sessions are live for {} (`ttl` + `lateness`): what \
             is deleted cannot be restored",
            duration(case.topic.retention),
            duration(live),
        );
        let advice = format!(
            "`retention` `time: {}`, or a shorter `ttl`",
            duration(2 * live)
        );
        return Some(Finding::warning(text).advise(advice));
    }
    let has = |part: &PartitionReport| {
        let is_cut = part.log_start > 0 && part.read_until == ReadUntil::LogStart;
        is_cut && part.events > 0 && part.read_back * 1000.0 < live as f64
    };
    let (partitions, worst) = case.worst(has, |part| -part.read_back)?;
    let text = format!(
        "the log of partition {} goes back by {} only, and sessions are live for {} (`ttl` + \
         `lateness`): what is deleted cannot be restored",
        worst.partition,
        duration((worst.read_back * 1000.0) as i64),
        duration(live),
    );
    let advice = "a longer `retention`, a larger `max-partition-size`, or a shorter `ttl`";
    Some(Finding::warning(text).advise(advice).of(partitions))
}

/// What look-back can't see whatever its bounds are.
fn last_moments(case: &Case<'_>) -> Option<Finding> {
    case.worst(|part| part.events > 0, |_| 0)?;
    let text = "restore off: a crash under load hides from look-back what was stored in the last \
                moments";
    Some(Finding::note(text).advise(advice(case, None)))
}

/// What the size of segments means for look-back, later if not now.
fn segments(case: &Case<'_>) -> Vec<Finding> {
    let sizes = case
        .partitions
        .iter()
        .map(|part| part.stored_bytes_per_event);
    let Some(size) = sizes.max().filter(|size| *size > 0) else {
        return Vec::new();
    };
    let topic = case.topic;
    let remarks = topic
        .lookback
        .segment_remarks(topic.segment_size, size, "as stored");
    remarks.into_iter().map(Finding::from).collect()
}

/// A look-back that nobody needs.
fn needless_look_back(case: &Case<'_>) -> Option<Finding> {
    let lookback = case.topic.lookback;
    let megabytes = lookback.memory(bytes_per_event(case)) / 1_000_000;
    (lookback.count > 1 && megabytes > 0).then(|| {
        let text = format!(
            "look-back is not needed with restore require: its {} records take each partition up \
             to {megabytes} MB and some time at every start",
            HumanCount(lookback.count),
        );
        Finding::note(text).advise("`count: 1`")
    })
}

/// With `accept`, look-back matters only until all is told.
fn level(case: &Case<'_>, text: String) -> Finding {
    match case.topic.parameters.restore {
        Restore::Accept => Finding::note(format!("until all is told, {text}")),
        _ => Finding::warning(text),
    }
}

/// A count that has room for half as much again as there was when it was busiest.
fn enough(case: &Case<'_>) -> u64 {
    let most = case
        .partitions
        .iter()
        .map(|part| part.look_back_needed.max(part.look_back_busiest));
    round_up(most.max().unwrap_or(1) * 3 / 2)
}

/// What to set so that a crash does less.
fn advice(case: &Case<'_>, count: Option<u64>) -> String {
    let restore = match case.topic.parameters.restore {
        Restore::Off => "`restore: \"require\"` with `sessionize restore --watch`".to_owned(),
        _ => "`restore: \"require\"`".to_owned(),
    };
    match count {
        Some(count) if count <= Lookback::fitting(bytes_per_event(case)) => {
            format!("{restore}; or a look-back `count: {count}`")
        }
        _ => restore,
    }
}

/// The largest of all partitions.
fn bytes_per_event(case: &Case<'_>) -> u64 {
    let bytes = case.partitions.iter().map(|part| part.bytes_per_event);
    bytes.max().unwrap_or_default()
}
