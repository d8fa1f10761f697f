//! Ten thousand seeds, in shares that run side by side.

/// Seeds of all shares. `SIMULATION_SEEDS` says another number, `SIMULATION_SEED` the only one to run.
const SEEDS: u64 = 10_000;
const SHARES: u64 = 8;

macro_rules! shares {
    ($($name:ident: $number:literal),+ $(,)?) => {
        $(#[test]
        fn $name() { run_share($number); })+
    };
}

shares!(
    whatever_happens_the_lms_ends_as_the_directory_first_share: 0,
    whatever_happens_the_lms_ends_as_the_directory_second_share: 1,
    whatever_happens_the_lms_ends_as_the_directory_third_share: 2,
    whatever_happens_the_lms_ends_as_the_directory_fourth_share: 3,
    whatever_happens_the_lms_ends_as_the_directory_fifth_share: 4,
    whatever_happens_the_lms_ends_as_the_directory_sixth_share: 5,
    whatever_happens_the_lms_ends_as_the_directory_seventh_share: 6,
    whatever_happens_the_lms_ends_as_the_directory_eighth_share: 7,
);

fn run_share(share: u64) {
    let seeds = number_from("SIMULATION_SEEDS").unwrap_or(SEEDS);
    let all = number_from("SIMULATION_SEED").map_or(1..=seeds, |only| only..=only);
    for seed in all.filter(|seed| seed % SHARES == share) {
        let run = std::panic::catch_unwind(|| simulation::run(seed, false));
        if run.is_ok_and(|run| run.wrong.is_empty()) {
            continue;
        }
        println!("seed {seed}, step by step:");
        let run = simulation::run(seed, true);
        println!("{}\n{}", run.trace.join("\n"), run.wrong.join("\n"));
        panic!("to run it again: SIMULATION_SEED={seed}");
    }
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in 1..50 {
        assert_eq!(simulation::run(seed, false), simulation::run(seed, false), "seed {seed}");
    }
}
