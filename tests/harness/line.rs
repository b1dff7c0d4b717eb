//! Lines of access logs, as tests write them and as the oracles read them: columns separated by
//! spaces, some of them in quotes or brackets, and nothing unusual.

use serde_json::{Map, Value};

use crate::calendar::{clf, millis_of, millis_of_clf, rfc3339};
use crate::event::Event;

/// The columns of a log format, named as in its documentation. `#` marks a number, and `:`
/// separates the two values of one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout(&'static str);

/// AWS classic load balancer.
pub const ELB: Layout = Layout(
    "timestamp elb ip:#client_port backend_ip:#backend_port #request_processing_time \
     #backend_processing_time #response_processing_time #elb_status_code #backend_status_code \
     #received_bytes #sent_bytes request user_agent ssl_cipher ssl_protocol",
);

/// AWS application load balancer.
pub const ALB: Layout = Layout(
    "type timestamp elb ip:#client_port target_ip:#target_port #request_processing_time \
     #target_processing_time #response_processing_time #elb_status_code #target_status_code \
     #received_bytes #sent_bytes request user_agent ssl_cipher ssl_protocol target_group_arn \
     trace_id domain_name chosen_cert_arn #matched_rule_priority request_creation_time \
     actions_executed redirect_url error_reason target_port_list target_status_code_list \
     classification classification_reason conn_trace_id transformed_host transformed_uri \
     request_transform_status",
);

/// Apache's combined format.
pub const COMBINED: Layout =
    Layout("ip ident user timestamp request #status #bytes referer user_agent");

/// Apache's common format.
pub const COMMON: Layout = Layout("ip ident user timestamp request #status #bytes");

/// A line of [`ELB`].
pub fn elb(event: &Event, serial: u64) -> String {
    let (time, hops) = (micros(event.time), hops(event, serial));
    format!(r#"{time} shop {hops} - -"#)
}

/// A line of [`ALB`].
pub fn alb(event: &Event, serial: u64) -> String {
    let (time, hops) = (micros(event.time), hops(event, serial));
    let target = r#"arn:aws:group/1 "Root=1-2" "shop.example" "arn:aws:cert/1" 0"#;
    let actions = r#""forward" "-" "-" "192.0.2.9:80" "304" "-" "-" TID_1 "-" "-" "-""#;
    format!(r#"https {time} app/shop/1 {hops} ECDHE TLSv1.2 {target} {time} {actions}"#)
}

/// A line of [`COMBINED`]. Its time has no fraction of a second.
pub fn combined(event: &Event, serial: u64) -> String {
    let common = common(event, serial);
    format!(r#"{common} "-" "sim/1 (a b)""#)
}

/// A line of [`COMMON`]. Its time has no fraction of a second.
pub fn common(event: &Event, serial: u64) -> String {
    let Event { key, time, .. } = event;
    let time = clf(*time);
    format!(r#"{key} - - [{time}] "GET /{serial} HTTP/1.1" 200 {serial}"#)
}

/// The columns in the middle of a line, which both load balancers share.
fn hops(event: &Event, serial: u64) -> String {
    let key = &event.key;
    let port = 1024 + serial % 60_000;
    let request = format!("GET http://shop.example:80/{serial} HTTP/1.1");
    format!(
        r#"{key}:{port} 192.0.2.9:80 0.000086 0.001048 0.1 200 304 0 {serial} "{request}" "sim/1 (a b)""#
    )
}

fn micros(millis: i64) -> String {
    rfc3339(millis).replace('Z', "000Z")
}

impl Layout {
    /// The event in a line, if the line has exactly these columns.
    pub fn event(self, line: &str) -> Option<Event> {
        let object = self.object(line)?;
        let text = |name: &str| object.get(name)?.as_str();
        let time = text("timestamp")?;
        let millis = millis_of(&time.replace("000Z", "Z")).or_else(|| millis_of_clf(time))?;
        Some(Event::new(text("ip")?, millis))
    }

    /// The JSON object that a line becomes, before fields are added.
    pub fn object(self, line: &str) -> Option<Map<String, Value>> {
        let columns = columns(line);
        let names: Vec<&str> = self.0.split_whitespace().collect();
        if names.len() != columns.len() {
            return None;
        }
        let mut object = Map::new();
        for (name, column) in names.into_iter().zip(columns) {
            match (name.split_once(':'), column.split_once(':')) {
                (Some((one, other)), Some((value, number))) => {
                    insert(&mut object, one, value)?;
                    insert(&mut object, other, number)?;
                }
                _ => insert(&mut object, name, column)?,
            }
        }
        Some(object)
    }
}

fn insert(object: &mut Map<String, Value>, name: &str, column: &str) -> Option<()> {
    let (name, value) = match (name.strip_prefix('#'), column) {
        (name_of_number, "-") => (name_of_number.unwrap_or(name), Value::Null),
        (Some(name), number) => (name, serde_json::from_str(number).ok()?),
        (None, text) => (name, Value::from(text)),
    };
    object.insert(name.to_owned(), value);
    Some(())
}

/// Splits a line at its quotes and brackets. Every second part is then a column, and the others are
/// columns separated by spaces.
fn columns(line: &str) -> Vec<&str> {
    let parts = line.split(['"', '[', ']']).enumerate();
    let columns = parts.flat_map(|(number, part)| match number % 2 {
        0 => part.split_whitespace().collect(),
        _ => vec![part],
    });
    columns.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    type Write = fn(&Event, u64) -> String;

    #[test]
    fn what_is_written_is_read() {
        let event = Event::new("192.0.2.1", 1_437_555_628_000);
        let formats: [(Layout, Write); 4] = [
            (ELB, elb),
            (ALB, alb),
            (COMBINED, combined),
            (COMMON, common),
        ];
        for (layout, write) in formats {
            let line = write(&event, 7);
            assert_eq!(layout.event(&line), Some(event.clone()), "{line}");
            for (other, _) in formats {
                assert_eq!(other.event(&line).is_some(), other == layout, "{line}");
            }
            for line in ["", "nothing", &event.json()] {
                assert_eq!(layout.event(line), None, "{line}");
            }
        }
        let object = ELB.object(&elb(&event, 7)).unwrap();
        assert_eq!(object["sent_bytes"], json!(7));
        assert_eq!(object["user_agent"], json!("sim/1 (a b)"));
        assert_eq!(object["ssl_cipher"], Value::Null);
        let object = ALB.object(&alb(&event, 7)).unwrap();
        assert_eq!(object["client_port"], json!(1031));
        assert_eq!(object["target_status_code_list"], json!("304"));
        let object = COMBINED.object(&combined(&event, 7)).unwrap();
        assert_eq!(object["request"], json!("GET /7 HTTP/1.1"));
        assert_eq!(object["referer"], Value::Null);
    }
}
