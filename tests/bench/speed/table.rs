//! The printed table, in Markdown.

use harness::cpu::median;

use super::batch_sizes::BATCH_SIZES;
use super::contender::Contender;

/// A row of the table.
pub struct Row {
    name: String,
    /// Records per CPU second in each round, for each batch size.
    speeds: [Vec<f64>; BATCH_SIZES.len()],
    instructions: Option<f64>,
}

impl Row {
    pub fn of(contender: &Contender) -> Self {
        let instructions = contender.fuel as f64 / contender.fuelled as f64;
        Self {
            name: contender.name.clone(),
            speeds: contender.speeds.clone(),
            instructions: (contender.fuelled > 0).then_some(instructions),
        }
    }

    pub fn of_program(name: &str, speeds: [Vec<f64>; BATCH_SIZES.len()]) -> Self {
        Self {
            name: name.into(),
            speeds,
            instructions: None,
        }
    }
}

/// Prints the rows. Each speed is also given as a multiple of row (a), which does nothing, and of
/// row (b), the module.
pub fn print(rows: &[Row]) {
    print!("| what |");
    for batch in BATCH_SIZES {
        print!(" batches of {batch} | × (a) | × (b) |");
    }
    println!(" instructions per record |");
    println!("|---|{}---:|", "---:|---:|---:|".repeat(BATCH_SIZES.len()));
    for row in rows {
        print!("| {} |", row.name);
        for (size, speeds) in row.speeds.iter().enumerate() {
            print!(" {:.0} k |", median(speeds.clone()) / 1_000.0);
            for other in rows.iter().take(2) {
                let others = other.speeds.get(size).map_or(&[][..], Vec::as_slice);
                print!(" {:.2} |", ratio(speeds, others));
            }
        }
        match row.instructions {
            Some(instructions) => println!(" {instructions:.0} |"),
            None => println!(" |"),
        }
    }
}

/// The median over the rounds of the ratio of two speeds.
fn ratio(speeds: &[f64], others: &[f64]) -> f64 {
    let ratios = speeds.iter().zip(others);
    median(ratios.map(|(speed, other)| speed / other).collect())
}
