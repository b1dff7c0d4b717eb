//! The web shop, and the browsers and robots that visit it.

use crate::chance::below;
use crate::traffic::Request;

/// Host name of the shop.
pub(crate) const HOST: &str = "www.shop.example";

const CATEGORIES: [&str; 7] = [
    "shoes", "jackets", "tents", "bikes", "maps", "lamps", "books",
];
const COLOURS: [&str; 8] = [
    "red", "blue", "green", "black", "white", "grey", "yellow", "orange",
];
const GOODS: [&str; 16] = [
    "trail-running-shoe",
    "rain-jacket",
    "two-person-tent",
    "touring-bike",
    "hiking-map",
    "head-lamp",
    "guide-book",
    "sleeping-bag",
    "gas-stove",
    "water-bottle",
    "wool-socks",
    "climbing-rope",
    "folding-chair",
    "first-aid-kit",
    "bike-helmet",
    "rucksack",
];

const BROWSERS: [&str; 8] = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:135.0) Gecko/20100101 Firefox/135.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Safari/605.1.15",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:135.0) Gecko/20100101 Firefox/135.0",
    "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Android 14; Mobile; rv:135.0) Gecko/135.0 Firefox/135.0",
    "Opera/9.80 (Windows NT 6.1; WOW64) Presto/2.12.388 Version/12.18",
];
const ROBOTS: [&str; 4] = [
    "Mozilla/5.0 (compatible; ExampleBot/2.1; +http://bot.example/about.html)",
    "examplebot-images/1.0",
    "python-requests/2.32.3",
    "curl/8.12.1",
];

/// Appends the requested path, with its query.
pub(crate) fn write_path(request: &Request, out: &mut Vec<u8>) {
    let mut digits = itoa::Buffer::new();
    if request.asset == 0 {
        return write_page(request.page, out);
    }
    if request.asset.is_multiple_of(3) {
        out.extend_from_slice(b"/static/app.");
        out.extend_from_slice(digits.format(request.page % 7 + 40).as_bytes());
        out.extend_from_slice(b".js");
    } else {
        out.extend_from_slice(b"/images/");
        out.extend_from_slice(digits.format(request.page).as_bytes());
        out.push(b'-');
        out.extend_from_slice(digits.format(request.asset).as_bytes());
        out.extend_from_slice(b".webp");
    }
}

/// Appends the URL of the referring page. Returns whether there was one.
pub(crate) fn write_referer(request: &Request, out: &mut Vec<u8>) -> bool {
    let page = match (request.robot, request.asset, request.referer) {
        (true, ..) => return false,
        (false, 0, 0) if request.detail.is_multiple_of(3) => return false,
        (false, 0, page) => page,
        (false, ..) => request.page,
    };
    out.extend_from_slice(b"https://");
    out.extend_from_slice(HOST.as_bytes());
    write_page(page, out);
    true
}

fn write_page(page: u32, out: &mut Vec<u8>) {
    let mut digits = itoa::Buffer::new();
    match page {
        0 => out.push(b'/'),
        1..=7 => {
            out.extend_from_slice(b"/category/");
            out.extend_from_slice(pick(&CATEGORIES, page).as_bytes());
        }
        8..=11 => {
            out.extend_from_slice(b"/search?q=");
            out.extend_from_slice(pick(&COLOURS, page).as_bytes());
            out.push(b'+');
            out.extend_from_slice(pick(&GOODS, page).as_bytes());
        }
        12 => out.extend_from_slice(b"/cart"),
        13 => out.extend_from_slice(b"/checkout"),
        14 => out.extend_from_slice(b"/account/orders"),
        _ => {
            out.extend_from_slice(b"/product/");
            out.extend_from_slice(pick(&COLOURS, page).as_bytes());
            out.push(b'-');
            out.extend_from_slice(pick(&GOODS, page / 8).as_bytes());
            out.push(b'-');
            out.extend_from_slice(digits.format(page).as_bytes());
        }
    }
}

/// The `User-Agent` header.
pub(crate) fn user_agent(request: &Request) -> &'static str {
    if request.robot {
        pick(&ROBOTS, request.browser)
    } else {
        pick(&BROWSERS, request.browser)
    }
}

/// The request method.
pub(crate) fn method(request: &Request) -> &'static str {
    match (request.asset, request.page) {
        (0, 12..=13) => "POST",
        (0, _) if request.robot && request.detail.is_multiple_of(16) => "HEAD",
        _ => "GET",
    }
}

/// The status code of the response.
pub(crate) fn status(request: &Request) -> u16 {
    match request.detail >> 8 & 0xff {
        0 => 500,
        1..=4 => 404,
        5..=9 => 302,
        10..=40 if request.asset > 0 => 304,
        _ => 200,
    }
}

/// Size of the response, in bytes.
pub(crate) fn bytes(request: &Request) -> u64 {
    match status(request) {
        304 => 0,
        302 | 404 | 500 => 178,
        _ if method(request) == "HEAD" => 0,
        _ => 900 + below(request.detail << 16, 90_000),
    }
}

/// Duration of the response, in µs.
pub(crate) fn micros(request: &Request) -> u64 {
    300 + below(request.detail << 24, 1 << (10 + (request.detail & 7)))
}

/// The client's port.
pub(crate) fn port(request: &Request) -> u64 {
    1024 + below(request.detail << 32, 64_512)
}

/// An entry of a table; numbers beyond its end start again at its beginning.
fn pick(table: &[&'static str], number: u32) -> &'static str {
    table
        .get(number as usize % table.len())
        .copied()
        .unwrap_or_default()
}
