use super::*;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn address(text: &str) -> Client<'_> {
    Client::Address(address::parse(text.as_bytes()).unwrap())
}

fn nobody(text: &str) -> Client<'_> {
    Client::Nobody(text.as_bytes())
}

fn text(text: &str) -> Client<'_> {
    Client::Text(text.as_bytes())
}

#[test]
fn finds_the_client_of_a_list() {
    for (list, trusted, client) in [
        ("1.1.1.1", 0, address("1.1.1.1")),
        ("1.1.1.1", 1, address("1.1.1.1")),
        (" 1.1.1.1 ", 0, address("1.1.1.1")),
        ("1.1.1.1, 2.2.2.2", 0, address("2.2.2.2")),
        ("1.1.1.1, 2.2.2.2", 1, address("1.1.1.1")),
        ("1.1.1.1, 2.2.2.2", 2, address("1.1.1.1")),
        ("x,1.1.1.1 ,\t2.2.2.2,3.3.3.3", 2, address("1.1.1.1")),
        ("x y, 1.1.1.1, 2.2.2.2", 1, address("1.1.1.1")),
        ("1.1.1.1,,2.2.2.2,", 1, address("1.1.1.1")),
        ("1.1.1.1, 2.2.2.2", usize::MAX, address("1.1.1.1")),
        ("::ffff:1.1.1.1:80, 2.2.2.2", 1, address("1.1.1.1")),
        ("[::ffff:1.1.1.1]:80, 2.2.2.2", 1, address("1.1.1.1")),
        ("[1.1.1.1], 2.2.2.2", 1, address("1.1.1.1")),
        ("\"1.1.1.1\", 2.2.2.2", 1, address("1.1.1.1")),
        (
            "\"[2001:db8::1]:443\", \"2.2.2.2\"",
            1,
            address("2001:db8::1"),
        ),
        ("\"1.1.1.1, 2.2.2.2\"", 1, address("1.1.1.1")),
        ("gateway, 2.2.2.2, 3.3.3.3", 2, text("gateway")),
        ("_hidden, 2.2.2.2", 7, text("_hidden")),
    ] {
        let found = read(list.as_bytes(), trusted);
        assert_eq!(found, client, "{list:?} {trusted}");
    }
}

#[test]
fn tells_nobody() {
    for (list, trusted, client) in [
        ("", 0, nobody("")),
        (" \t", 0, nobody("")),
        (" , ", 0, nobody(",")),
        ("\"\"", 0, nobody("")),
        ("-", 0, nobody("-")),
        (" - ", 3, nobody("-")),
        ("\"-\"", 0, nobody("-")),
        ("unknown", 0, nobody("unknown")),
        ("UnKnown", 0, nobody("UnKnown")),
        ("1.1.1.1, unknown", 0, nobody("unknown")),
        ("1.1.1.1, unknown, 2.2.2.2", 1, nobody("unknown")),
        ("x, -, 1.1.1.1", 1, nobody("-")),
        ("unknown, -", 0, nobody("unknown, -")),
        ("unknown, 1.1.1.1", 0, address("1.1.1.1")),
        ("unknown, 1.1.1.1", 1, address("1.1.1.1")),
        ("unknown, -, 1.1.1.1, 2.2.2.2", 7, address("1.1.1.1")),
        ("1.1.1.1, unknown", 1, address("1.1.1.1")),
    ] {
        let found = read(list.as_bytes(), trusted);
        assert_eq!(found, client, "{list:?} {trusted}");
    }
}

#[test]
fn a_text_with_commas_is_no_list() {
    for other in [
        "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1",
        "a,b",
        "a, unknown",
        "unknown, a",
        "gateway, a, b",
        "--",
        "unknown host",
        "1.1.1.1 2.2.2.2",
    ] {
        for trusted in 0..3 {
            let found = read(other.as_bytes(), trusted);
            assert_eq!(found, text(other), "{other:?} {trusted}");
        }
    }
}

#[cfg(not(target_os = "unknown"))]
mod properties {
    use super::*;
    use core::net::IpAddr;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_client_of_any_list(
            forged in "[^,]{0,9}",
            hops in proptest::collection::vec(any::<IpAddr>(), 1..6),
            comma in "[ \t]{0,2},[ \t]{0,2}",
            trusted in 0..6usize,
        ) {
            let addresses: Vec<String> = hops.iter().map(IpAddr::to_string).collect();
            let list = format!("{forged},{}", addresses.join(&comma));
            let client = addresses.iter().rev().nth(trusted.min(addresses.len()));
            if let Some(client) = client {
                prop_assert_eq!(read(list.as_bytes(), trusted), address(client));
            }
        }

        #[test]
        fn takes_any_bytes(bytes: Vec<u8>, text in "[0-9a-f:.,\" -]{0,20}", trusted in 0..5usize) {
            read(&bytes, trusted);
            read(text.as_bytes(), trusted);
        }
    }
}
