use std::fs;
use std::os::unix::fs::symlink;

use super::*;

#[test]
fn what_is_read_and_in_which_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for inner in ["b", "b/.git", "empty", ".cache"] {
        fs::create_dir(path(inner)).unwrap();
    }
    for file in [
        "c",
        "a",
        "b/2",
        "b/1",
        "b/.git/head",
        ".cache/x",
        ".hidden",
        "out",
    ] {
        fs::write(path(file), "").unwrap();
    }
    fs::hard_link(path("a"), path("a-again")).unwrap();
    symlink(path("c"), path("z-current")).unwrap();
    symlink(path("b"), path("y-folder")).unwrap();
    symlink("/dev/null", path("null")).unwrap();
    symlink(path("nothing"), path(".lock")).unwrap();
    let written = Identity::of_path(&path("out")).unwrap();
    let contents = walk(folder.path(), &[written]);
    assert_eq!(contents.files, ["a", "b/1", "b/2", "c"].map(path));
    assert!(contents.failures.is_empty(), "{:?}", contents.failures);
    let name = folder.path().display();
    assert_eq!(
        contents.remarks,
        [
            format!("{name}: 5 hidden files or folders left out"),
            format!("{name}: 1 pipe or device left out"),
        ]
    );
}

#[test]
fn what_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().display().to_string();
    let failures = || -> Vec<String> {
        let contents = walk(folder.path(), &[]);
        contents.failures.iter().map(Error::to_string).collect()
    };
    assert_eq!(
        failures(),
        [format!(
            "cannot read {name}: there is no file to read in it"
        )]
    );
    symlink("nothing", folder.path().join("dangling")).unwrap();
    symlink(".", folder.path().join("round")).unwrap();
    assert_eq!(
        failures(),
        [
            format!("cannot read {name}/dangling: no such file or directory"),
            format!("cannot read {name}/round: it is a link to a folder that it is in"),
        ]
    );
}
