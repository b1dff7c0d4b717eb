//! Keys that an attacker who knows the hash seed has chosen to be slow, compared with random keys.

use std::net::Ipv6Addr;

use anyhow::{Context, Result, ensure};
use fluvio_protocol::Encoder;
use fluvio_smartmodule::dataplane::smartmodule::SmartModuleInput;
use harness::cpu::{Whose, median, took};
use harness::guest::Guest;
use harness::host::BROKER_VERSION;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sessionize_core::key::Key;
use sessionize_core::state::KeyHash;
use sessionize_pipeline::engine::BROKER_MEMORY;
use sessionize_smartmodule::adapter::hash_seed;
use sessionize_smartmodule::wire::BatchBuilder;

const BATCH: usize = 1_000;

/// All events are within a few minutes, so that no key expires.
const START: i64 = 1_741_000_000_000;

/// The cost of chosen keys may be this multiple of that of honest ones.
const MAX_RATIO: f64 = 2.0;

/// Number of hash bits that chosen texts have in common. An address with a given hash can be
/// computed, but texts have to be tried, and each bit doubles their number.
const TEXT_BITS: u32 = 10;

/// Addresses with the same hash: twice as many as a bucket holds.
const GROUP: usize = 32;

/// How the keys of an attack are chosen.
#[derive(Clone, Copy)]
enum Attack {
    /// Addresses with one hash.
    Addresses,
    /// Addresses with many hashes, each of which overflows its bucket.
    Groups,
    /// Texts whose hashes end alike.
    Texts,
}

impl Attack {
    const ALL: [Attack; 3] = [Attack::Addresses, Attack::Groups, Attack::Texts];

    const fn name(self) -> &'static str {
        match self {
            Attack::Addresses => "addresses with one hash",
            Attack::Groups => "addresses, 32 with each hash",
            Attack::Texts => "texts whose hashes end alike",
        }
    }

    /// A random key of the same length.
    fn honest(self, dice: &mut ChaCha8Rng) -> String {
        match self {
            Attack::Addresses | Attack::Groups => Ipv6Addr::from_bits(dice.random()).to_string(),
            Attack::Texts => text(dice),
        }
    }

    fn chosen(self, number: usize, hash: KeyHash, dice: &mut ChaCha8Rng) -> String {
        match self {
            Attack::Addresses => Ipv6Addr::from_bits(hash.collision(dice.random())).to_string(),
            Attack::Groups => {
                // Flipping bits of the upper half changes the hash of a whole group in the same
                // way.
                let group = ChaCha8Rng::seed_from_u64((number / GROUP) as u64).random::<u64>();
                let bits = hash.collision(dice.random()) ^ u128::from(group) << 64;
                Ipv6Addr::from_bits(bits).to_string()
            }
            Attack::Texts => loop {
                let text = text(dice);
                let hash = hash.of(&Key::text(text.as_bytes()));
                if hash.trailing_zeros() >= TEXT_BITS {
                    break text;
                }
            },
        }
    }
}

fn text(dice: &mut ChaCha8Rng) -> String {
    format!("visitor-{:016x}", dice.random::<u64>())
}

/// An instance that gets events of these keys.
struct Victim {
    guest: Guest,
    keys: Vec<String>,
    events: i64,
    /// CPU seconds of each batch with new keys, and of each batch with known ones.
    new: Vec<f64>,
    known: Vec<f64>,
}

pub fn bench(wasm: &[u8], keys: usize, rounds: usize) -> Result<()> {
    let hash = KeyHash::seeded(hash_seed(&encoded(first_batch())?));
    println!(
        "{keys} keys chosen by an attacker who knows the seed, compared with as many random (honest) \
         ones. A batch has {BATCH} events. \"longest\" is the CPU time of the slowest batch with new \
         chosen keys, as a multiple of the median batch with honest ones.\n"
    );
    println!(
        "| chosen keys | new: CPU s, chosen / honest | known: ns per event, chosen / honest | together | longest |"
    );
    println!("|---|---:|---:|---:|---:|");
    let mut worst: f64 = 0.0;
    for attack in Attack::ALL {
        let dice = &mut ChaCha8Rng::seed_from_u64(1);
        let honest = (0..keys).map(|_| attack.honest(dice)).collect();
        let chosen = (0..keys)
            .map(|number| attack.chosen(number, hash, dice))
            .collect();
        let mut honest = Victim::start(wasm, honest)?;
        let mut chosen = Victim::start(wasm, chosen)?;
        // They take turns, as in `bench`.
        for first in (0..keys).step_by(BATCH) {
            honest.meet(first)?;
            chosen.meet(first)?;
        }
        for _ in 0..rounds * keys.div_ceil(BATCH) {
            let seed = dice.random();
            honest.meet_again(&mut ChaCha8Rng::seed_from_u64(seed))?;
            chosen.meet_again(&mut ChaCha8Rng::seed_from_u64(seed))?;
        }
        worst = worst.max(print(attack, &honest, &chosen));
    }
    ensure!(
        worst <= MAX_RATIO,
        "chosen keys take {worst:.2} times as long as honest ones; {MAX_RATIO:.0} times is allowed"
    );
    Ok(())
}

/// The module's first batch, from which it takes its hash seed.
fn first_batch() -> SmartModuleInput {
    let mut batch = BatchBuilder::new();
    batch.push(None, event("192.0.2.1", START).as_bytes());
    SmartModuleInput::new(batch.take(), 0, -1)
}

fn encoded(input: SmartModuleInput) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.encode(&mut bytes, BROKER_VERSION)?;
    Ok(bytes)
}

fn event(key: &str, time: i64) -> String {
    format!(r#"{{"ip":"{key}","timestamp":{time},"path":"/"}}"#)
}

/// Prints a row. Returns the CPU time of all events of chosen keys, as a multiple of that of honest
/// ones.
fn print(attack: Attack, honest: &Victim, chosen: &Victim) -> f64 {
    let sum = |batches: &[f64]| batches.iter().sum::<f64>();
    let per_event = |batches: &[f64]| sum(batches) * 1e9 / (batches.len() * BATCH).max(1) as f64;
    let longest = chosen.new.iter().copied().fold(0.0, f64::max);
    let together = |victim: &Victim| sum(&victim.new) + sum(&victim.known);
    let ratio = together(chosen) / together(honest);
    println!(
        "| {} | {:.2} / {:.2} = {:.2} × | {:.0} / {:.0} = {:.2} × | {ratio:.2} × | {:.1} |",
        attack.name(),
        sum(&chosen.new),
        sum(&honest.new),
        sum(&chosen.new) / sum(&honest.new),
        per_event(&chosen.known),
        per_event(&honest.known),
        sum(&chosen.known) / sum(&honest.known),
        longest / median(honest.new.clone()),
    );
    ratio
}

impl Victim {
    fn start(wasm: &[u8], keys: Vec<String>) -> Result<Self> {
        let parameters = [("max_keys", "64000000")];
        let mut guest = Guest::start(wasm, &parameters, BROKER_MEMORY)?;
        guest.process(first_batch())?;
        Ok(Self {
            guest,
            keys,
            events: 1,
            new: Vec::new(),
            known: Vec::new(),
        })
    }

    /// Sends a batch with new keys, from the key `first` on.
    fn meet(&mut self, first: usize) -> Result<()> {
        let keys: Vec<String> = self.keys.iter().skip(first).take(BATCH).cloned().collect();
        let took = self.process(&keys)?;
        self.new.push(took);
        Ok(())
    }

    /// Sends a batch with known keys.
    fn meet_again(&mut self, dice: &mut ChaCha8Rng) -> Result<()> {
        let keys = (0..BATCH)
            .map(|_| self.keys.choose(dice).cloned().context("no keys"))
            .collect::<Result<Vec<String>>>()?;
        let took = self.process(&keys)?;
        self.known.push(took);
        Ok(())
    }

    fn process(&mut self, keys: &[String]) -> Result<f64> {
        let mut batch = BatchBuilder::new();
        let offset = self.events;
        for key in keys {
            let time = START + self.events / 10;
            self.events += 1;
            batch.push(None, event(key, time).as_bytes());
        }
        let input = SmartModuleInput::new(batch.take(), offset, -1);
        let (took, records) = took(Whose::Own, || self.guest.process(input))?;
        ensure!(records.len() == keys.len(), "records are missing");
        Ok(took.as_secs_f64())
    }
}
