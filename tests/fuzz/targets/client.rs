//! The readers of addresses and of lists of them. The canonical text of an address is the same
//! address, and the standard library reads it as well.
#![no_main]

use std::net::IpAddr;

use libfuzzer_sys::fuzz_target;
use sessionize_formats::address;
use sessionize_formats::bytes::text::Text;
use sessionize_formats::client::{self, Client};

fuzz_target!(|data: &[u8]| {
    fuzz::count(data);
    if let Some(address) = address::parse(data) {
        assert_eq!(client::read(data, 0), Client::Address(address));
    }
    for trusted_proxies in [0, 1, 2, 64] {
        let client = client::read(data, trusted_proxies);
        let mut text = Text::new();
        client.write(&mut text);
        match client {
            Client::Address(address) => {
                assert_eq!(address::parse(text.as_bytes()), Some(address));
                let text = str::from_utf8(text.as_bytes()).expect("UTF-8");
                let same: IpAddr = text.parse().expect("an address");
                assert_eq!(same.to_string(), text);
            }
            Client::Text(own) => assert_eq!(own, text.as_bytes()),
            Client::Nobody(_) => assert!(text.is_empty()),
        }
    }
});
