use sessionize_pipeline::error::ErrorKind;

use super::*;

fn file(content: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    file
}

#[test]
fn a_topic_as_the_broker_reads_it() {
    let file = file(
        "meta:\n  name: sessions\nretention:\n  segment-size: 4 GB\ndeduplication:\n  bounds:\n    count: 10\n    age: 1h\n  filter:\n    transform:\n      \
         uses: g/sessionize@0.1.0\n      with:\n        gap: \"15m\"\n",
    );
    let deployment = Deployment::from_topic(file.path()).unwrap();
    assert_eq!(
        deployment.name,
        Some(format!("{}: topic sessions", file.path().display()))
    );
    let parameters = [("count", "10"), ("age", "3600000"), ("gap", "15m")];
    assert_eq!(
        deployment.parameters,
        parameters.map(|(n, v)| (n.into(), v.into()))
    );
    let age = Some(3_600_000);
    assert_eq!(deployment.lookback, Some(Lookback { count: 10, age }));
    assert_eq!(deployment.segment_size, Some(4_000_000_000));
}

#[test]
fn transforms_that_are_ours() {
    let file = file(
        "transforms:\n  - uses: infinyon/jolt@0.4.1\n    with:\n      spec: \"[]\"\n  - uses: g/sessionize@0.1.0\n    \
         lookback:\n      last: 5\n    with:\n      gap: \"15m\"\n  - uses: sessionize\n",
    );
    let deployments = Deployment::from_transforms(file.path()).unwrap();
    assert_eq!(deployments.len(), 2);
    assert_eq!(deployments[0].parameters, [("gap".into(), "15m".into())]);
    assert_eq!(
        deployments[0].lookback,
        Some(Lookback {
            count: 5,
            age: None
        })
    );
    assert_eq!(deployments[1].lookback, None);
}

#[test]
fn files_that_are_something_else() {
    let rows = [
        (
            "topic",
            "meta:\n  name: a\n",
            "topic a has no transform; it belongs under `deduplication.filter.transform`",
        ),
        (
            "topic",
            "meta:\n  name: a\ndeduplication:\n  bounds:\n    count: 0\n",
            "deduplication.bounds: count must be non-zero at line 5 column 5",
        ),
        (
            "transforms",
            "transforms: []\n",
            "no transform uses sessionize",
        ),
    ];
    for (kind, content, expected) in rows {
        let file = file(content);
        let result = match kind {
            "topic" => Deployment::from_topic(file.path()).map(|_| ()),
            _ => Deployment::from_transforms(file.path()).map(|_| ()),
        };
        let error = result.unwrap_err();
        assert!(error.to_string().ends_with(expected), "{error}");
        assert_eq!(error.kind(), ErrorKind::Usage);
    }
}
