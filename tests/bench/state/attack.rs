//! What keys cost that were chosen to be slow, by somebody who knows the seed of the hash, against
//! keys at random.

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

/// All within a few minutes, so that no key is forgotten.
const START: i64 = 1_741_000_000_000;

/// The most that chosen keys may cost, as a multiple of what honest ones do.
const MOST: f64 = 2.0;

/// Bits of the hash that chosen texts have in common. An address can be computed for a hash; of
/// texts, each bit doubles the number that have to be tried.
const TEXT_BITS: u32 = 10;

/// Addresses of each hash: they fill a bucket, and as many go beyond it.
const GROUP: usize = 32;

/// How the keys of an attack are chosen.
#[derive(Clone, Copy)]
enum Attack {
    /// Addresses of one hash.
    Addresses,
    /// Addresses of many hashes, all of whose buckets are too full.
    Groups,
    /// Texts whose hashes end alike.
    Texts,
}

impl Attack {
    const ALL: [Attack; 3] = [Attack::Addresses, Attack::Groups, Attack::Texts];

    const fn name(self) -> &'static str {
        match self {
            Attack::Addresses => "addresses of one hash",
            Attack::Groups => "addresses, 32 of each hash",
            Attack::Texts => "texts whose hashes end alike",
        }
    }

    /// A key of the same length that nobody has chosen.
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
                // Flipping bits of the upper half flips the hash alike for all of a group.
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

/// An instance that meets these keys.
struct Victim {
    guest: Guest,
    keys: Vec<String>,
    events: i64,
    /// The CPU seconds of each batch with new keys, and with known ones.
    new: Vec<f64>,
    known: Vec<f64>,
}

pub fn bench(wasm: &[u8], keys: usize, rounds: usize) -> Result<()> {
    let hash = KeyHash::seeded(hash_seed(&encoded(first_batch())?));
    println!(
        "{keys} keys that somebody chooses who knows the seed, against as many at random. A batch has {BATCH} events; \"longest\" \
         is the CPU time of the longest one with new chosen keys, as a multiple of the median of honest ones.\n"
    );
    println!(
        "| chosen keys | new ones: CPU s, against honest | known ones: ns per event, against honest | together | longest |"
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
        worst <= MOST,
        "chosen keys take {worst:.2} times as long as honest ones; {MOST:.0} times is allowed"
    );
    Ok(())
}

/// What the module sees first, and takes its seed from.
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

/// Gives how many times as long all the events of chosen keys took.
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

    /// Events of keys that it doesn't know, from this one on.
    fn meet(&mut self, first: usize) -> Result<()> {
        let keys: Vec<String> = self.keys.iter().skip(first).take(BATCH).cloned().collect();
        let took = self.process(&keys)?;
        self.new.push(took);
        Ok(())
    }

    /// Events of keys that it knows.
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
