//! The repository's own scenarios, planned.

use autosafe::check::check;
use autosafe::plan::{Items, Plan, check_rows, lower};
use autosafe::resolve::load;
use autosafe::source::Project;

#[test]
fn every_item_of_the_repositorys_scenarios_has_a_scene_and_its_own_id() {
    for name in ["quickstart", "home", "workplace"] {
        let path = format!("{}/scenarios/{name}.ots", env!("CARGO_MANIFEST_DIR"));
        let (project, entry) = Project::containing(path.as_ref()).expect("it is there");
        let (workspace, _) = load(&entry, &project).expect("it can be read");
        let (program, _) = check(&workspace);
        assert_eq!(check_rows(&program), [], "in {name}");
        for campaign in &program.campaigns {
            let (plan, problems) = lower(&program, campaign);
            assert_eq!(problems, [], "in {name}");
            let text = String::from_utf8(plan.to_bytes()).expect("a plan is text");
            assert_eq!(Plan::read(&text).as_ref(), Ok(&plan));
            let again = lower(&program, campaign).0.to_bytes();
            assert_eq!(again, text.as_bytes(), "in {name}");
            let items = Items::new(&plan);
            let mut ids: Vec<_> = items
                .places()
                .map(|place| items.scene(&place).expect("its scene can be set").id)
                .collect();
            ids.sort();
            ids.dedup();
            assert_eq!(ids.len() as u64, items.len());
        }
    }
}
