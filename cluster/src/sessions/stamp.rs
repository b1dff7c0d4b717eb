//! Where a row came from. It is a member of the row's record, because Fluvio's records have no
//! headers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sessionize_answers::log::Place;

/// Where a row came from, and with that, how to go on behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    /// The topic with the events.
    pub(crate) topic: String,
    /// Its partition.
    pub(crate) partition: u32,
    /// The place behind the row.
    #[serde(flatten)]
    pub(crate) place: Place,
    /// Partitions of the topic that the row is in.
    pub(crate) of: u32,
    /// In the first row of a batch: the places behind the latest rows of the other partitions whose
    /// rows are here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) others: Option<BTreeMap<u32, Place>>,
}

/// A record with a stamp.
#[derive(Deserialize)]
struct Stamped {
    source: Stamp,
}

impl Stamp {
    /// Adds it to a JSON object, as the last member.
    pub(crate) fn add_to(&self, object: &mut Vec<u8>) {
        let Ok(stamp) = serde_json::to_string(self) else {
            return;
        };
        if object.pop_if(|last| *last == b'}').is_some() {
            object.extend_from_slice(b",\"source\":");
            object.extend_from_slice(stamp.as_bytes());
            object.push(b'}');
        }
    }

    /// Reads that of a record; none if it has none.
    pub(crate) fn read(record: &[u8]) -> Option<Self> {
        let Stamped { source } = serde_json::from_slice(record).ok()?;
        Some(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_the_last_member() {
        let mut object = br#"{"session_id":"a-1"}"#.to_vec();
        let place = Place {
            offset: 1047,
            rows: 1,
            from: 990,
            time: 1_740_992_400_000,
        };
        let stamp = Stamp {
            topic: "sessions".into(),
            partition: 2,
            place,
            of: 3,
            others: Some(BTreeMap::from([(5, Place::beginning(7))])),
        };
        stamp.add_to(&mut object);
        assert_eq!(
            std::str::from_utf8(&object).unwrap(),
            concat!(
                r#"{"session_id":"a-1","source":{"topic":"sessions","partition":2,"offset":1047,"#,
                r#""rows":1,"from":990,"time":1740992400000,"of":3,"#,
                r#""others":{"5":{"offset":7,"rows":0,"from":7,"time":0}}}}"#
            )
        );
        assert_eq!(Stamp::read(&object), Some(stamp));
        for other in [&b"{}"[..], b"", br#"{"source":"weblog/2@1047"}"#] {
            assert_eq!(Stamp::read(other), None);
        }
    }
}
