//! The module's name, version, parameters and fields are the same in every file that states them.

use std::path::{Path, PathBuf};

use fluvio_controlplane_metadata::smartmodule::SmartModuleMetadata;
use fluvio_controlplane_metadata::topic::config::TopicConfig;
use harness::host;
use sessionize_cli::check::{Deployment, RECORD_SIZE, Remark};
use sessionize_core::fields;
use sessionize_core::parameters::{DESCRIPTIONS, Parameters};
use sessionize_formats::line::LineFormat;

const README: &str = include_str!("../../README.md");
const CHANGELOG: &str = include_str!("../../CHANGELOG.md");
const CARGO: &str = include_str!("../../Cargo.toml");
const METADATA: &str = include_str!("../../SmartModule.toml");
const TOPIC: &str = include_str!("../../fluvio-topics.yaml");
const TRANSFORMS: &str = include_str!("../../transforms.yaml");

/// The documents of the repository that link to each other, with their texts.
const DOCUMENTS: [(&str, &str); 5] = [
    ("README.md", README),
    ("DESIGN.md", include_str!("../../DESIGN.md")),
    ("docs/cluster.md", include_str!("../../docs/cluster.md")),
    ("docs/run.md", include_str!("../../docs/run.md")),
    (
        "analytics/README.md",
        include_str!("../../analytics/README.md"),
    ),
];

/// The version of the workspace, and so of all its packages.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// SmartModule.toml as smdk reads it.
fn metadata() -> SmartModuleMetadata {
    SmartModuleMetadata::from_bytes(METADATA.as_bytes()).expect("SmartModule.toml is valid")
}

/// The value of a key in the first `[package]` of a manifest.
fn manifest_text(manifest: &'static str, name: &str) -> &'static str {
    let (_, package) = manifest
        .split_once("[package]\n")
        .expect("there is a package");
    package
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""))
        .and_then(|rest| rest.strip_suffix('"'))
        .expect("the package has this key")
}

/// The rows of the table in README.md that has this header.
fn table(header: &str) -> Vec<&'static str> {
    README
        .lines()
        .skip_while(|line| *line != header)
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect()
}

fn root(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file)
}

/// The transforms in the shipped files.
fn deployments() -> Vec<Deployment> {
    let topic = Deployment::from_topic(&root("fluvio-topics.yaml")).expect("a topic");
    let transforms = Deployment::from_transforms(&root("transforms.yaml")).expect("transforms");
    [vec![topic], transforms].concat()
}

#[test]
fn the_package_is_called_the_same_everywhere() {
    let package = metadata().package;
    assert_eq!(package.name, manifest_text(CARGO, "name"));
    assert_eq!(package.version.to_string(), VERSION);
    assert_eq!(package.license.as_deref(), Some(env!("CARGO_PKG_LICENSE")));
    assert_eq!(
        package.description.as_deref(),
        Some(manifest_text(CARGO, "description"))
    );
    assert!(README.starts_with(&format!("# {}\n", package.name)));
    assert!(CHANGELOG.contains(&format!("\n## {VERSION}\n")));
}

#[test]
fn every_full_name_is_the_one_that_smdk_registers() {
    let package = metadata().package;
    let full_name = format!("{}@", package.name);
    for (file, text) in [
        ("README.md", README),
        ("SmartModule.toml", METADATA),
        ("fluvio-topics.yaml", TOPIC),
        ("transforms.yaml", TRANSFORMS),
    ] {
        let mut versions = text.split(&full_name).skip(1).peekable();
        assert!(versions.peek().is_some(), "{file}");
        for rest in versions {
            let version = rest.split(|c: char| !c.is_ascii_digit() && c != '.').next();
            let version = version.map(|version| version.trim_end_matches('.'));
            assert_eq!(version, Some(VERSION), "{file}");
        }
    }
    let registered = package.fqdn();
    assert!(README.contains(&registered));
    let topic: TopicConfig = TOPIC.parse().unwrap();
    let transform = topic.deduplication.unwrap().filter.transform;
    assert_eq!(transform.uses, registered);
    let [_, consumer] = deployments().try_into().unwrap();
    assert!(consumer.name.unwrap().ends_with(&registered));
}

#[test]
fn smdk_is_told_every_parameter_with_its_default() {
    let parameters = metadata().params;
    assert_eq!(parameters.len(), DESCRIPTIONS.len());
    for described in DESCRIPTIONS {
        let name = described.name;
        let parameter = parameters.get_param(name).expect(name);
        assert!(parameter.optional, "{name}");
        let description = parameter.description.as_deref().unwrap_or_default();
        assert!(
            description.starts_with(&format!("{} (", described.meaning)),
            "{name}: {description}"
        );
        assert!(
            description.ends_with(&format!("default `{}`)", described.default)),
            "{name}: {description}"
        );
    }
}

#[test]
fn the_readme_has_every_parameter() {
    let described = DESCRIPTIONS.map(|parameter| {
        let (name, default, meaning) = (parameter.name, parameter.default, parameter.meaning);
        format!("| `{name}` | `{default}` | {meaning} |")
    });
    assert_eq!(table("| name | default | meaning |"), described);
}

#[test]
fn the_readme_has_every_added_field() {
    let prefix = Parameters::default().prefix;
    let documented = table("| field | value |");
    assert_eq!(documented.len(), fields::NAMES.len());
    for (row, name) in documented.iter().zip(fields::NAMES) {
        assert!(row.starts_with(&format!("| `{prefix}{name}` | ")), "{row}");
    }
}

#[test]
fn the_readme_has_every_field_of_every_log_format() {
    let formats = LineFormat::ALL.map(|format| {
        let fields = format
            .columns()
            .iter()
            .map(|column| format!("`{}`", column.name));
        let fields = fields.collect::<Vec<_>>().join(" ");
        format!("| `{}` | {fields} |", format.name())
    });
    assert_eq!(table("| format | fields |"), formats);
}

#[test]
fn the_module_starts_as_the_shipped_files_say() {
    let wasm = host::wasm().unwrap();
    for deployment in deployments() {
        let pairs = deployment.parameters.iter();
        let pairs = pairs.map(|(name, value)| (name.as_str(), value.as_str()));
        let parameters = Parameters::from_pairs(pairs).unwrap();
        // The files show the defaults, as values to start from.
        assert_eq!(
            format!("{parameters:?}"),
            format!("{:?}", Parameters::default())
        );
        for remark in deployment.check(&wasm, RECORD_SIZE).unwrap() {
            assert!(matches!(remark, Remark::Note(_)), "{remark}");
        }
    }
}

#[test]
fn the_topic_looks_back_by_count_alone() {
    let topic: TopicConfig = TOPIC.parse().unwrap();
    let bounds = topic.deduplication.unwrap().bounds;
    assert!(bounds.count > 0);
    // A topic's transform stores records without append times, so with an age nothing would be
    // restored.
    assert_eq!(bounds.age, None);
}

#[test]
fn the_topic_has_the_largest_segments() {
    // Fluvio adds up the bytes of a segment and of the next batch in 32 bits.
    const LARGEST_BATCH: u64 = 33_554_432;
    let topic: TopicConfig = TOPIC.parse().unwrap();
    let segment = topic.retention.segment_size.expect("a size").as_u64();
    assert_eq!(segment, 4_000_000_000);
    assert!(segment + LARGEST_BATCH <= u64::from(u32::MAX));
}

#[test]
fn the_readme_deploys_the_events_that_it_shows() {
    let blocks: Vec<&str> = README.split("```").skip(1).step_by(2).collect();
    let mut json = blocks
        .iter()
        .filter_map(|block| block.strip_prefix("json\n"));
    let events = json.next().expect("the events in");
    assert_eq!(events.lines().count(), 3);
    let deploy = format!("cat >target/demo/events.json <<'END'\n{events}END\n");
    assert!(blocks.iter().any(|block| block.contains(&deploy)));
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    heading
        .trim_start_matches('#')
        .trim()
        .chars()
        .filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c))
        .map(|c| {
            if c == ' ' {
                '-'
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect()
}

#[test]
fn links_between_the_documents_lead_somewhere() {
    for (name, text) in DOCUMENTS {
        let links = text.split("](").skip(1).filter_map(|rest| {
            let (link, _) = rest.split_once(')')?;
            (!link.contains("://")).then_some(link)
        });
        for link in links {
            let (file, section) = link.split_once('#').unwrap_or((link, ""));
            let folder = Path::new(name).parent().expect("a folder");
            let path = match file {
                "" => root(name),
                _ => root(&folder.join(file).to_string_lossy()),
            };
            // A picture is no text, and has no headings.
            let target = std::fs::read(path);
            let target = target.unwrap_or_else(|error| panic!("{name}: {link}: {error}"));
            let target = String::from_utf8_lossy(&target);
            let mut headings = target.lines().filter(|line| line.starts_with('#'));
            assert!(
                section.is_empty() || headings.any(|heading| anchor(heading) == section),
                "{name}: {link}"
            );
        }
    }
}
