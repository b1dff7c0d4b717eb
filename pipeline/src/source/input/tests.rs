use super::*;
use crate::error::ErrorKind;

#[test]
fn what_is_not_there() {
    let error = Input::from_argument(Path::new("no/such.log"))
        .find(0)
        .err()
        .unwrap();
    assert_eq!(
        error.to_string(),
        "cannot read no/such.log: no such file or directory"
    );
    assert_eq!(error.kind(), ErrorKind::Failure);
    assert_eq!(Input::from_argument(Path::new("-")), Input::Stdin);
}
