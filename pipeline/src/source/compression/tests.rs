use super::*;

#[test]
fn recognised_by_the_first_bytes() {
    let rows: [(&[u8], &str); 15] = [
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"\x28\xb5\x2f\xfd\x04", "zstd"),
        (b"P*M\x18\x04\0", "zstd"),
        (b"BZh91AY&SY", "bzip2"),
        (b"BZh1\x17\x72\x45\x38\x50\x90", "bzip2"),
        (b"\xfd7zXZ\0\0", "xz"),
        (b"PK\x03\x04\x14", "zip"),
        (b"\x04\x22\x4d\x18", "lz4"),
        (b"\x02\x21\x4c\x18", "lz4"),
        (b"\x1f\x9d\x90", "compress"),
        (b"LZIP\x01", "lzip"),
        (b"BZh9 - - [", "none"),
        (b"PK - - [10", "none"),
        (b"{\"ip\":\"192", "none"),
        (b"", "none"),
    ];
    for (head, expected) in rows {
        let name = match Compression::of(head) {
            Compression::None => "none",
            Compression::Read(format) => format.name(),
            Compression::Unsupported(other) => other.name,
        };
        assert_eq!(name, expected, "{head:?}");
        assert!(head.len() <= HEAD);
    }
    assert!(READ.iter().all(|(magic, _)| magic.len() <= HEAD));
    assert!(UNSUPPORTED.iter().all(|other| other.magic.len() <= HEAD));
}

#[test]
fn more_is_wanted_only_where_it_could_tell() {
    let rows: [(&[u8], bool); 8] = [
        (b"", true),
        (b"B", true),
        (b"BZh9", true),
        (b"BZh9 ", false),
        (b"\x1f", true),
        (b"\x1f\x8b", false),
        (b"{", false),
        (b"BZh91AY&SY", false),
    ];
    for (head, expected) in rows {
        assert_eq!(Compression::is_open(head), expected, "{head:?}");
    }
}

#[test]
fn a_command_that_works() {
    let lz4 = Compression::of(b"\x04\x22\x4d\x18");
    let zip = Compression::of(b"PK\x03\x04");
    let rows = [
        (lz4, "a.lz4", true, "lz4 -dc a.lz4 | sessionize run -"),
        (
            lz4,
            "standard input",
            false,
            "… | lz4 -dc | sessionize run -",
        ),
        (zip, "a.zip", true, "unzip -p a.zip | sessionize run -"),
        (
            zip,
            "standard input",
            false,
            "… | funzip | sessionize run -",
        ),
    ];
    for (compression, name, is_file, command) in rows {
        let error = compression.check(name, is_file).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("cannot read {name}: ")),
            "{error}"
        );
        assert!(
            error.ends_with(&format!("; `{command}` reads it")),
            "{error}"
        );
    }
}
