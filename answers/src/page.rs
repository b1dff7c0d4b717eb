//! Pages: what of a URL names one, and which URLs do. The same as in `analytics/views.sql`.

/// Extensions of what is a part of a page rather than a page.
const PARTS: [&str; 20] = [
    "avif", "bmp", "css", "eot", "gif", "ico", "jpeg", "jpg", "js", "map", "mp4", "png", "svg",
    "ttf", "txt", "webm", "webp", "woff", "woff2", "xml",
];

/// The page of a URL: without host, query and fragment. None if it is a part of a page, such as an
/// image.
pub fn page(url: &str) -> Option<&str> {
    let path = without_host(url).unwrap_or(url);
    let end = path.find(['?', '#']).unwrap_or(path.len());
    let page = path.get(..end)?;
    let is_part = page.rsplit_once('.').is_some_and(|(_, extension)| {
        PARTS
            .iter()
            .any(|part| extension.eq_ignore_ascii_case(part))
    });
    (!is_part).then_some(page)
}

/// What follows `scheme://host`, where a URL has both.
fn without_host(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let is_scheme = !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_lowercase());
    let end = rest.find('/').unwrap_or(rest.len());
    (is_scheme && end > 0).then(|| rest.get(end..)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_paths_that_are_no_parts_of_pages() {
        let rows = [
            ("/", Some("/")),
            ("/a?x=1", Some("/a")),
            ("/a#b?c", Some("/a")),
            ("/a?b#c", Some("/a")),
            ("https://shop.example/a/b", Some("/a/b")),
            ("https://shop.example:443/a", Some("/a")),
            ("https://shop.example", Some("")),
            ("HTTPS://shop.example/a", Some("HTTPS://shop.example/a")),
            ("https:///a", Some("https:///a")),
            ("/go?to=https://shop.example/a", Some("/go")),
            ("/x.CSS", None),
            ("/x.css?v=1", None),
            ("/x.css/", Some("/x.css/")),
            ("/x.jpeg", None),
            ("/x.woff", None),
            ("/feed.xml", None),
            ("/x.html", Some("/x.html")),
            ("css", Some("css")),
            (".css", None),
            ("", Some("")),
        ];
        for (url, expected) in rows {
            assert_eq!(page(url), expected, "{url}");
        }
    }
}
