//! Reads whom a text stands for: an address, a list of them (`X-Forwarded-For`), or another text.

use crate::address::{self, Address};
use crate::bytes::text::Text;

/// Whom a text stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client<'t> {
    /// Whoever has this address.
    Address(Address),
    /// Whoever has this text, which is compared by its bytes.
    Text(&'t [u8]),
    /// Nobody known: the text is empty, `-` or `unknown`.
    Nobody(&'t [u8]),
}

impl Client<'_> {
    /// Writes the canonical form of the client, which is empty for nobody.
    #[inline]
    pub fn write(self, out: &mut Text) {
        match self {
            Client::Address(address) => {
                let mut writer = out.writer(address::LONGEST);
                address.write(&mut writer);
                writer.end();
            }
            Client::Text(text) => out.push(text),
            Client::Nobody(_) => {}
        }
    }
}

/// Reads an address, an `X-Forwarded-For` list, or any other text.
///
/// Each proxy appends the address of its caller to the list, so only what our own proxies appended
/// can be trusted. `trusted_proxies` entries are dropped from the right, and the next one is the
/// client. In a shorter list it is the leftmost entry. Empty entries don't count (RFC 9110, 5.6.1),
/// nor do entries on the left that are nobody. A pair of quotes around the list is no part of it.
///
/// A text that merely holds commas, such as a user agent, is no list. A text is a list if its
/// client is an address; if its client is another text and all entries after it are addresses; if
/// its client is nobody and one entry is an address; or if all entries are nobody.
#[inline]
pub fn read(text: &[u8], trusted_proxies: usize) -> Client<'_> {
    // Most keys are an address, and no list is one.
    match address::parse(text) {
        Some(address) => Client::Address(address),
        None => read_other(text, trusted_proxies),
    }
}

/// Whether an entry of a list names nobody. Case does not matter in `unknown`, as in all names of
/// RFC 7239.
pub(crate) fn is_nobody(entry: &[u8]) -> bool {
    matches!(entry, [] | [b'-']) || entry.eq_ignore_ascii_case(b"unknown")
}

#[inline(never)]
fn read_other(text: &[u8], trusted_proxies: usize) -> Client<'_> {
    let entry = entry(text);
    if is_nobody(entry) {
        return Client::Nobody(entry);
    }
    let client = text
        .contains(&b',')
        .then(|| of_list(entry, trusted_proxies));
    client.flatten().unwrap_or(Client::Text(text))
}

fn of_list(list: &[u8], trusted_proxies: usize) -> Option<Client<'_>> {
    let entries = list.rsplit(|&byte| byte == b',').map(entry);
    let entries = entries.filter(|entry| !entry.is_empty());
    // The entry at the client's place, or the leftmost one so far.
    let mut current = Client::Nobody(list);
    let mut found = None;
    // How many entries on the right are addresses without interruption, and whether any entry is
    // one.
    let mut addresses = 0;
    let mut any_address = false;
    for (hop, entry) in entries.enumerate() {
        let client = match address::parse_apart(entry) {
            Some(address) => Client::Address(address),
            None if is_nobody(entry) => Client::Nobody(entry),
            None => Client::Text(entry),
        };
        if let Client::Address(_) = client {
            any_address = true;
            addresses += usize::from(addresses == hop);
        }
        if hop <= trusted_proxies {
            current = client;
        }
        if !matches!(client, Client::Nobody(_)) {
            found = Some((hop.min(trusted_proxies), current));
        }
    }
    let Some((hop, client)) = found else {
        return Some(Client::Nobody(list));
    };
    let is_list = match client {
        Client::Address(_) => true,
        Client::Text(_) => hop > 0 && addresses == hop,
        Client::Nobody(_) => any_address,
    };
    is_list.then_some(client)
}

/// A text without the blanks around it, and without a pair of quotes.
fn entry(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii();
    address::quoted(text).map_or(text, <[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests;
