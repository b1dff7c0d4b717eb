use super::*;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn reads_names_and_pointers() {
    for (text, tokens, shown) in [
        ("ip", &["ip"][..], "ip"),
        ("a.b", &["a.b"], "a.b"),
        ("a~2/b", &["a~2/b"], "a~2/b"),
        ("/ip", &["ip"], "ip"),
        ("/user/id", &["user", "id"], "/user/id"),
        ("/ips/0", &["ips", "0"], "/ips/0"),
        ("/a~1b/c~0d", &["a/b", "c~d"], "/a~1b/c~0d"),
        ("/~01", &["~1"], "~1"),
        ("/", &[""], "/"),
        ("//", &["", ""], "//"),
        ("/é~1ü", &["é/ü"], "é/ü"),
    ] {
        let path = Path::parse(text).unwrap();
        assert_eq!(path.tokens(), tokens, "{text}");
        assert_eq!(Path::parse(&path.to_string()).unwrap(), path, "{text}");
        assert_eq!(path.to_string(), shown, "{text}");
    }
}

#[test]
fn tells_fields_from_pointers() {
    for (text, field) in [
        ("ip", Some("ip")),
        ("/ip", Some("ip")),
        ("/a/b", None),
        ("a/b", Some("a/b")),
    ] {
        assert_eq!(Path::parse(text).unwrap().as_field(), field, "{text}");
    }
    assert_eq!(Path::field("/x").tokens(), ["/x"]);
}

#[test]
fn says_what_is_wrong() {
    for (text, error) in [
        ("", "an empty field name"),
        ("/a~", "a JSON pointer's `~` must be followed by 0 or 1"),
        ("/a~2", "a JSON pointer's `~` must be followed by 0 or 1"),
        ("/~~0", "a JSON pointer's `~` must be followed by 0 or 1"),
    ] {
        assert_eq!(Path::parse(text).unwrap_err().to_string(), error, "{text}");
    }
}
