use std::os::unix::fs::symlink;

use super::*;

#[test]
fn names_of_one_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    std::fs::write(path("log"), "a\n").unwrap();
    std::fs::write(path("other"), "a\n").unwrap();
    std::fs::hard_link(path("log"), path("hard")).unwrap();
    symlink("log", path("soft")).unwrap();
    symlink("soft", path("softer")).unwrap();
    symlink("new", path("soft-new")).unwrap();
    symlink("loop", path("loop")).unwrap();
    std::fs::create_dir(path("folder")).unwrap();
    symlink("folder", path("soft-folder")).unwrap();
    let same = [
        ("log", "hard"),
        ("log", "soft"),
        ("hard", "softer"),
        ("log", "folder/../log"),
        ("new", "soft-new"),
        ("new", "./folder/../new"),
        ("folder/new", "soft-folder/new"),
    ];
    for (a, b) in same {
        let identity = Identity::of_path(&path(a));
        assert!(identity.is_some(), "{a}");
        assert_eq!(identity, Identity::of_path(&path(b)), "{a} and {b}");
    }
    let different = [
        ("log", "other"),
        ("log", "new"),
        ("new", "newer"),
        ("new", "folder/new"),
    ];
    for (a, b) in different {
        let identity = Identity::of_path(&path(a));
        assert!(identity.is_some(), "{a}");
        assert_ne!(identity, Identity::of_path(&path(b)), "{a} and {b}");
    }
    for none in ["folder", "no/new", "loop"] {
        assert_eq!(Identity::of_path(&path(none)), None, "{none}");
    }
    assert_eq!(Identity::of_path(Path::new("/dev/null")), None);
    let file = File::open(path("log")).unwrap();
    assert_eq!(Identity::of_stream(file), Identity::of_path(&path("log")));
}
