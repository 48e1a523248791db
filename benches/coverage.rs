//! In how many of a hundred evaluations the intervals hold the truth, and the paired tests find what
//! differs: `cargo bench --bench coverage`.

use autosafe::run::Defence;

#[path = "../tests/eval/material.rs"]
mod material;

const SEEDS: u64 = 100;
const SCENARIOS: usize = 40;
const MODELS: [(&str, f64); 3] = [("Careful", 0.9), ("Hasty", 0.6), ("Reckless", 0.2)];

fn main() {
    let mut held = [[0_u32; 2]; 3];
    let mut told_apart = [0_u32; 3];
    for seed in 0..SEEDS {
        let report = material::report(
            SCENARIOS,
            0,
            &material::Wanted {
                models: &MODELS.map(|(name, _)| name),
                defences: &[Defence::None],
                samples: 3,
                seed,
            },
        );
        for ((entrant, (_, safety)), held) in report.entrants.iter().zip(MODELS).zip(&mut held) {
            for (k, held) in [1_i32, 3].into_iter().zip(held) {
                let truth = safety.powi(k);
                let sec = entrant.sec_at(k.unsigned_abs()).expect("it was asked for");
                *held += u32::from((sec.estimate.low..=sec.estimate.high).contains(&truth));
            }
        }
        let pairs = report.comparisons.iter().filter(|it| it.measure == "sec@1");
        for (comparison, told) in pairs.zip(&mut told_apart) {
            *told += u32::from(comparison.p_adjusted < 0.05);
        }
    }
    println!("{SEEDS} seeds, {SCENARIOS} scenarios, 3 samples each");
    for ((name, safety), [one, three]) in MODELS.iter().zip(held) {
        println!("{name}, safety {safety}: sec@1 held in {one}, sec@3 in {three}");
    }
    for (pair, told) in ["0.9 and 0.6", "0.9 and 0.2", "0.6 and 0.2"]
        .iter()
        .zip(told_apart)
    {
        println!("{pair} told apart (McNemar, Holm, 5 %) in {told}");
    }
}
