//! Lines of access logs, as tests write them and as the oracles read them: columns that blanks divide, and no surprises.

use serde_json::{Map, Value, json};

use crate::calendar::{clf, millis_of, millis_of_clf, rfc3339};
use crate::event::Event;

/// A line of a classic load balancer.
pub fn elb(event: &Event, serial: u64) -> String {
    let Event { key, time, .. } = event;
    let time = rfc3339(*time).replace('Z', "000Z");
    let port = 1024 + serial % 60_000;
    format!(
        r#"{time} shop {key}:{port} 192.0.2.9:80 0.000086 0.001048 0.1 200 304 0 {serial} "GET http://shop.example:80/{serial} HTTP/1.1" "sim/1 (a b)" - -"#
    )
}

/// A line in Apache's combined format, which tells no more than the second.
pub fn combined(event: &Event, serial: u64) -> String {
    let Event { key, time, .. } = event;
    let time = clf(*time);
    format!(r#"{key} - - [{time}] "GET /{serial} HTTP/1.1" 200 {serial} "-" "sim/1 (a b)""#)
}

/// The event of a line of [`elb`].
pub fn read_elb(line: &str) -> Option<Event> {
    let [time, _, client] = line
        .splitn(4, ' ')
        .collect::<Vec<_>>()
        .get(..3)?
        .try_into()
        .ok()?;
    let (ip, _) = client.split_once(':')?;
    let millis = millis_of(&time.replace("000Z", "Z"))?;
    Some(Event::new(ip, millis))
}

/// The event of a line of [`combined`].
pub fn read_combined(line: &str) -> Option<Event> {
    let (ip, rest) = line.split_once(" - - [")?;
    let (time, _) = rest.split_once(']')?;
    Some(Event::new(ip, millis_of_clf(time)?))
}

/// What a line of [`elb`] becomes, before fields are added.
pub fn elb_object(line: &str) -> Option<Map<String, Value>> {
    let (columns, quoted) = line.split_once(" \"")?;
    let columns: Vec<&str> = columns.split(' ').collect();
    let [time, elb, client, backend, numbers @ ..] = columns.as_slice() else {
        return None;
    };
    let (ip, client_port) = client.split_once(':')?;
    let (backend_ip, backend_port) = backend.split_once(':')?;
    let [request, _, user_agent, _] = quoted.split('"').collect::<Vec<_>>().try_into().ok()?;
    let mut object = object(json!({
        "timestamp": time,
        "elb": elb,
        "ip": ip,
        "client_port": number(client_port)?,
        "backend_ip": backend_ip,
        "backend_port": number(backend_port)?,
        "request": request,
        "user_agent": user_agent,
        "ssl_cipher": null,
        "ssl_protocol": null,
    }));
    let names = [
        "request_processing_time",
        "backend_processing_time",
        "response_processing_time",
        "elb_status_code",
        "backend_status_code",
        "received_bytes",
        "sent_bytes",
    ];
    for (name, column) in names.into_iter().zip(numbers) {
        object.insert(name.to_owned(), number(column)?);
    }
    Some(object)
}

/// What a line of [`combined`] becomes, before fields are added.
pub fn combined_object(line: &str) -> Option<Map<String, Value>> {
    let (ip, rest) = line.split_once(" - - [")?;
    let (time, rest) = rest.split_once("] \"")?;
    let [request, figures, _, _, user_agent, _] =
        rest.split('"').collect::<Vec<_>>().try_into().ok()?;
    let (status, bytes) = figures.trim().split_once(' ')?;
    Some(object(json!({
        "ip": ip,
        "ident": null,
        "user": null,
        "timestamp": time,
        "request": request,
        "status": number(status)?,
        "bytes": number(bytes)?,
        "referer": null,
        "user_agent": user_agent,
    })))
}

fn number(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(Value::is_number)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let event = Event::new("192.0.2.1", 1_437_555_628_000);
        let line = elb(&event, 7);
        assert_eq!(read_elb(&line), Some(event.clone()));
        let object = elb_object(&line).unwrap();
        assert_eq!(object["sent_bytes"], json!(7));
        assert_eq!(object["user_agent"], json!("sim/1 (a b)"));
        let line = combined(&event, 7);
        assert_eq!(read_combined(&line), Some(event.clone()));
        let object = combined_object(&line).unwrap();
        assert_eq!(object["request"], json!("GET /7 HTTP/1.1"));
        for line in ["", "nothing", &event.json()] {
            assert!(read_elb(line).is_none() && read_combined(line).is_none());
        }
    }
}
