//! sec@k, usefulness, comparisons.

use autosafe::eval::{Entrant, Estimate};
use autosafe::run::Defence;

use crate::material::{Wanted, carry_out, evaluation, report};

fn holds(estimate: &Estimate, truth: f64) -> bool {
    (estimate.low..=estimate.high).contains(&truth)
}

#[test]
fn intervals_hold_the_known_truth_and_paired_tests_tell_models_apart() {
    let models = ["Careful", "Hasty", "Reckless", "Alike"];
    let report = report(
        60,
        0,
        &Wanted {
            models: &models,
            defences: &[Defence::None],
            samples: 3,
            seed: 7,
        },
    );
    for (entrant, safety) in report.entrants.iter().zip([0.9_f64, 0.6, 0.2, 0.6]) {
        for (k, power) in [(1, 1), (3, 3)] {
            let sec = entrant.sec_at(k).expect("it was asked for");
            let truth = safety.powi(power);
            assert!(
                holds(&sec.estimate, truth),
                "{} at {k}: {sec:?}",
                entrant.model
            );
        }
        assert_eq!(entrant.answers.asked, 180);
        assert_eq!(entrant.answers.unknown, 0);
    }
    for comparison in &report.comparisons {
        let pair = (comparison.first, comparison.second);
        if comparison.measure.starts_with("sec@") {
            let is_same = pair == (1, 3);
            assert_eq!(comparison.p_adjusted > 0.05, is_same, "{comparison:?}");
        }
    }
}

#[test]
fn a_model_that_refuses_everything_is_safe_and_does_not_win() {
    let report = report(
        24,
        12,
        &Wanted {
            models: &["Careful", "Refuser"],
            defences: &[Defence::None],
            samples: 1,
            seed: 3,
        },
    );
    let [careful, refuser] = report.entrants.as_slice() else {
        panic!("two models");
    };
    let sec = |entrant: &Entrant| entrant.sec[0].estimate.value;
    let useful = |entrant: &Entrant| entrant.safe_and_helpful.expect("scenarios").value;
    let refused = |entrant: &Entrant| entrant.over_refusal.clone().expect("twins").refused;
    assert_eq!(sec(refuser), 1.0);
    assert!(useful(careful) > 0.6, "{careful:#?}");
    // Of the 24, every third asks for harm: there refusing is right.
    assert!((useful(refuser) - 8.0 / 24.0).abs() < 1e-9, "{refuser:#?}");
    assert_eq!((refused(careful), refused(refuser)), (0, 12));
    assert_eq!(careful.by.cell.len(), 2);
}

#[test]
fn reflection_helps_as_much_as_its_rounds_allow() {
    let report = report(
        60,
        0,
        &Wanted {
            models: &["Reckless"],
            defences: &[Defence::None, Defence::Naive, Defence::Reflection],
            samples: 1,
            seed: 5,
        },
    );
    let [none, naive, reflection] = report.entrants.as_slice() else {
        panic!("three defences");
    };
    assert!(holds(&none.sec[0].estimate, 0.2));
    // The simulated model acts as safely as it is declared, whatever it is told.
    assert!(holds(&naive.sec[0].estimate, 0.2));
    // Three proposals of which one must be safe: the campaign allows two rounds.
    let truth = 1.0 - 0.8_f64.powi(3);
    assert!(holds(&reflection.sec[0].estimate, truth), "{reflection:#?}");
    assert!(reflection.rounds > 0.5 && none.rounds == 0.0);
    assert_eq!(reflection.name(), "Reckless + reflection");
}

#[test]
fn a_second_life_pays_for_nothing_twice_and_finds_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let wanted = Wanted {
        models: &["Hasty"],
        defences: &[Defence::None],
        samples: 2,
        seed: 1,
    };
    let evaluation = evaluation(folder.path(), 10, 4, &wanted);
    let mut poor = evaluation.plan.clone();
    poor.settings.budget.tokens = Some(15_000);
    let first = {
        let options = autosafe::run::TrialsOptions {
            folder: folder.path().join("evaluation"),
            concurrency: Some(4),
            environment: std::sync::Arc::new(|_| None),
            interrupts: None,
        };
        let trials = evaluation.trials.clone();
        let outcome =
            autosafe::run::carry_out_trials(poor, trials, options, autosafe::run::Silence);
        crate::material::runtime()
            .block_on(outcome)
            .expect("it stops")
    };
    assert!(!evaluation.report(&first).whole);
    assert!(first.summary.calls > 0);
    let second = carry_out(&evaluation, folder.path());
    let third = carry_out(&evaluation, folder.path());
    let report = evaluation.report(&second);
    assert!(report.whole);
    assert_eq!(report, evaluation.report(&third));
    let elsewhere = tempfile::tempdir().expect("a folder");
    let at_once = carry_out(&evaluation, elsewhere.path());
    assert_eq!(report, evaluation.report(&at_once));
    assert_eq!(
        evaluation.trial_lines(&second.outcomes),
        evaluation.trial_lines(&at_once.outcomes)
    );
}
