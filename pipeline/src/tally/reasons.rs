//! Why records came out without a session, counted by kind of reason.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The most kinds that are counted one by one.
pub(super) const MAX_KINDS: usize = 20;

/// The kind of all further reasons, and their example.
pub(super) const OTHER: &str = "other reasons";

/// Reasons, counted by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reasons(BTreeMap<String, Reason>);

/// Reasons of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reason {
    /// Number of records.
    pub(crate) count: u64,
    /// The first reason of the kind.
    pub(crate) example: String,
}

impl Reasons {
    /// Counts a reason.
    pub(super) fn add(&mut self, example: String) {
        self.add_kind(kind(&example), Reason { count: 1, example });
    }

    /// Adds the counts of others.
    pub(super) fn merge(&mut self, others: Self) {
        for (kind, reason) in others.0 {
            self.add_kind(kind, reason);
        }
    }

    fn add_kind(&mut self, kind: String, reason: Reason) {
        if let Some(known) = self.0.get_mut(&kind) {
            known.count += reason.count;
            return;
        }
        let (kind, example) = match self.0.len() < MAX_KINDS {
            true => (kind, reason.example),
            false => (OTHER.into(), OTHER.into()),
        };
        let known = self.0.entry(kind).or_insert(Reason { count: 0, example });
        known.count += reason.count;
    }

    /// Number of records of all kinds.
    pub(crate) fn total(&self) -> u64 {
        self.0.values().map(|reason| reason.count).sum()
    }

    /// The kinds, the most frequent first.
    pub(crate) fn by_frequency(&self) -> Vec<&Reason> {
        let mut reasons: Vec<_> = self.0.values().collect();
        reasons.sort_by_key(|reason| Reverse(reason.count));
        reasons
    }
}

/// The kind of a reason: the reason without its numbers and without what it quotes of the record.
/// Quoted names of fields and quoted characters that were expected stay.
fn kind(reason: &str) -> String {
    let mut kind = String::with_capacity(reason.len());
    for (number, part) in reason.split('`').enumerate() {
        let is_quoted = number % 2 == 1;
        if number > 0 {
            kind.push('`');
        }
        let is_name = ["field `", "expected `", " or `"]
            .iter()
            .any(|lead| kind.ends_with(lead));
        if !is_quoted {
            kind.extend(part.chars().filter(|c| !c.is_ascii_digit()));
        } else if is_name {
            kind.push_str(part);
        }
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_by_kind() {
        let rows = [
            (
                "not JSON: expected `,` or `}` at byte 17",
                "not JSON: expected `,` or `}` at byte 2048",
                true,
            ),
            (
                "not JSON: expected `:` at byte 17",
                "not JSON: expected `,` or `}` at byte 17",
                false,
            ),
            (
                "no time: field `t`: `1x` is not a time",
                "no time: field `t`: `yesterday` is not a time",
                true,
            ),
            (
                "no key: field `ip` is missing or null",
                "no key: field `user` is missing or null",
                false,
            ),
        ];
        for (one, other, are_same) in rows {
            assert_eq!(kind(one) == kind(other), are_same, "{one} and {other}");
        }
    }

    #[test]
    fn the_number_of_kinds_is_bounded() {
        let mut reasons = Reasons::default();
        for n in 0..1000_u32 {
            let name: String = n.to_string().bytes().map(|b| (b + 49) as char).collect();
            reasons.add(name);
        }
        assert_eq!(reasons.0.len(), MAX_KINDS + 1);
        assert_eq!(reasons.0[OTHER].count, 1000 - MAX_KINDS as u64);
    }
}
