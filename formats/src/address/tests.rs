use super::*;
use crate::bytes::text::Text;
#[cfg(target_os = "unknown")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn written(address: Address) -> String {
    let mut text = Text::new();
    let mut out = text.writer(LONGEST);
    address.write(&mut out);
    out.end();
    String::from_utf8(text.as_bytes().to_vec()).unwrap()
}

fn canonical(text: &str) -> Option<String> {
    Some(written(parse(text.as_bytes())?))
}

#[test]
fn reads_what_logs_hold() {
    for (text, address) in [
        ("1.2.3.4", "1.2.3.4"),
        ("123.242.248.130:54635", "123.242.248.130"),
        ("0.0.0.0", "0.0.0.0"),
        ("255.255.255.255:65535", "255.255.255.255"),
        (" \t10.0.0.1 ", "10.0.0.1"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("::FFFF:0102:0304", "1.2.3.4"),
        ("[::ffff:1.2.3.4]:80", "1.2.3.4"),
        ("::ffff:1.2.3.4:12345", "1.2.3.4"),
        ("0:0:0:0:0:ffff:1.2.3.4:1", "1.2.3.4"),
        ("[1.2.3.4]", "1.2.3.4"),
        ("[1.2.3.4]:80", "1.2.3.4"),
        ("\"1.2.3.4:80\"", "1.2.3.4"),
        ("\"[2001:db8::1]:443\"", "2001:db8::1"),
        ("64:ff9b::192.0.2.33:80", "64:ff9b::c000:221"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        (
            "2001:0db8:0000:0000:0001:0000:0000:0001",
            "2001:db8::1:0:0:1",
        ),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[::1]", "::1"),
        ("::", "::"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%25en0]:80", "fe80::1"),
        ("::1.2.3.4", "::102:304"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
    ] {
        assert_eq!(canonical(text).as_deref(), Some(address), "{text}");
        assert_eq!(canonical(address).as_deref(), Some(address), "{text}");
    }
}

#[test]
fn refuses_all_else() {
    for text in [
        "",
        " ",
        "-",
        "localhost",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.00",
        "1.2.3.999",
        "1.2.3.4x",
        "1.2.3.4 5",
        "1.2.3.4:",
        "1.2.3.4:65536",
        "1.2.3.4:123456",
        "1.2.3.4:8o",
        "1.2.3.4, 5.6.7.8",
        "1.2.3.4%eth0",
        "[1.2.3.4:80]",
        "[1.2.3.4]80",
        "[::ffff:1.2.3.4:80]",
        "::ffff:1.2.3.4:",
        "::ffff:1.2.3.4:65536",
        "::ffff:1.2.3.4:80:80",
        "\"1.2.3.4",
        "\"\"1.2.3.4\"\"",
        "\"1.2.3.4\":80",
        "[::1",
        "[::1]x",
        "[::1]:",
        "[::1]80",
        "::1%",
        "2001:db8",
        "1:2:3:4:5:6:7:8:9",
        "::1::",
        "12345",
        "é",
    ] {
        assert_eq!(canonical(text), None, "{text}");
    }
    assert_eq!(parse(b"\xff\xfe"), None);
}

#[test]
fn bits_round_trip() {
    let v4 = parse(b"1.2.3.4").unwrap();
    assert_eq!(v4.bits(), 0xffff_0102_0304);
    assert_eq!(Address::from_bits(v4.bits()), v4);
    assert_eq!(Address::from(Ipv4Addr::new(1, 2, 3, 4)), v4);
}

#[cfg(not(target_os = "unknown"))]
mod properties {
    use super::*;
    use core::net::{IpAddr, SocketAddr};
    use proptest::prelude::*;

    fn std_address(address: IpAddr) -> Address {
        match address {
            IpAddr::V4(v4) => v4.into(),
            IpAddr::V6(v6) => v6.into(),
        }
    }

    proptest! {
        #[test]
        fn agrees_with_std(ip: IpAddr, port: u16) {
            let address = std_address(ip);
            prop_assert_eq!(parse(ip.to_string().as_bytes()), Some(address));
            prop_assert_eq!(parse(SocketAddr::new(ip, port).to_string().as_bytes()), Some(address));
            prop_assert_eq!(written(address), ip.to_canonical().to_string());
            prop_assert_eq!(parse(written(address).as_bytes()), Some(address));
        }

        #[test]
        fn refuses_what_std_refuses(text in "[0-9a-f:.]{0,20}") {
            let by_std = text.parse::<IpAddr>().map(std_address).ok()
                .or_else(|| text.parse::<SocketAddr>().map(|socket| std_address(socket.ip())).ok())
                .or_else(|| {
                    let (address, port) = text.rsplit_once(':')?;
                    let is_mixed = address.contains('.') && port.parse::<u16>().is_ok();
                    let address = address.parse::<Ipv6Addr>().ok().filter(|_| is_mixed)?;
                    Some(address.into())
                });
            prop_assert_eq!(parse(text.as_bytes()), by_std);
        }

        #[test]
        fn takes_any_bytes(bytes: Vec<u8>) {
            parse(&bytes);
        }
    }
}
