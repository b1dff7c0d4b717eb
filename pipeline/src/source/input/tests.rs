use super::*;
use crate::error::ErrorKind;

#[test]
fn what_is_not_there() {
    let error = Input::from_argument(Path::new("no/such.log"))
        .find(0, true)
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "cannot read no/such.log: no such file or directory"
    );
    assert_eq!(error.kind(), ErrorKind::Failure);
    assert_eq!(Input::from_argument(Path::new("-")), Input::Stdin);
}

#[test]
fn another_file_under_the_same_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    std::fs::write(&path, "one\n").unwrap();
    let find = || Input::File(path.clone()).find(0, false).unwrap();
    assert!(find().peek().unwrap().is_some());
    assert!(find().open(Arc::default()).is_ok());
    let source = find();
    std::fs::rename(&path, folder.path().join("log.1")).unwrap();
    std::fs::write(&path, "two\n").unwrap();
    let error = source.open(Arc::default()).err().unwrap();
    let name = path.display();
    assert_eq!(
        error.to_string(),
        format!("cannot read {name}: it is another file than at the start of the run")
    );
}
