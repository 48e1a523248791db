//! The program put together: what the entry file says, of which campaigns are planned.

use std::collections::BTreeMap;

use super::campaign_fields::CheckedCampaign;
use super::checker::Checker;
use super::entities::{Key, Toolkit};
use super::model::{Model, ModelAccess, ModelIdentity, Provider};
use super::program::{Campaign, Program};
use crate::resolve::{DeclarationId, ModuleId};
use crate::syntax::ItemKind;

impl<'w> Checker<'w> {
    /// Checks the campaigns, and gives the program.
    pub fn check_program(&self) -> Program {
        let campaigns: Vec<_> = self
            .items()
            .filter_map(|(id, item)| match &item.kind {
                ItemKind::Campaign(block) => Some((id, self.check_campaign(id, item, block))),
                _ => None,
            })
            .filter(|(id, _)| id.module == ModuleId::ENTRY)
            .map(|(_, campaign)| campaign)
            .collect();
        let order = self.scenario_order(&campaigns);
        Program {
            toolkits: self.keyed_toolkits(),
            outcomes: self.keyed(&self.outcomes),
            personas: self.keyed(&self.personas),
            models: self.keyed_models(),
            scenarios: order
                .iter()
                .filter_map(|id| self.program_scenario(*id))
                .collect(),
            campaigns: self.program_campaigns(campaigns, &order),
            sources: self.hash_sources(),
        }
    }

    /// The scenarios of the entry file, then those of other files that its campaigns name.
    fn scenario_order(&self, campaigns: &[CheckedCampaign]) -> Vec<DeclarationId> {
        let own = self.scenarios.keys();
        let mut order: Vec<_> = own
            .filter(|id| id.module == ModuleId::ENTRY)
            .copied()
            .collect();
        let named = campaigns
            .iter()
            .flat_map(|it| it.scenarios.iter().flatten());
        for id in named {
            if !order.contains(id) && self.scenarios.contains_key(id) {
                order.push(*id);
            }
        }
        order
    }

    fn program_scenario(&self, id: DeclarationId) -> Option<super::program::Scenario> {
        let mut scenario = self.scenarios.get(&id)?.scenario.clone();
        if id.module != ModuleId::ENTRY {
            // Two files may have scenarios of one name.
            scenario.name = self.workspace.key(id);
        }
        Some(scenario)
    }

    fn program_campaigns(
        &self,
        checked: Vec<CheckedCampaign>,
        order: &[DeclarationId],
    ) -> Vec<Campaign> {
        let own = order.iter().take_while(|id| id.module == ModuleId::ENTRY);
        let all: Vec<_> = (0..own.count()).collect();
        if checked.is_empty() {
            let first = order.first().map(|id| self.workspace.name_span(*id));
            let default = first.map(|span| Campaign {
                scenarios: all,
                ..self.default_campaign(span)
            });
            return default.into_iter().collect();
        }
        let index = |id: &DeclarationId| order.iter().position(|known| known == id);
        checked
            .into_iter()
            .map(|checked| Campaign {
                scenarios: match &checked.scenarios {
                    Some(named) => named.iter().filter_map(index).collect(),
                    None => all.clone(),
                },
                ..checked.campaign
            })
            .collect()
    }

    fn keyed<T: Clone>(&self, table: &BTreeMap<DeclarationId, T>) -> BTreeMap<Key, T> {
        table
            .iter()
            .map(|(id, value)| (self.key(*id), value.clone()))
            .collect()
    }

    fn keyed_toolkits(&self) -> BTreeMap<Key, Toolkit> {
        let toolkits = self.toolkits.iter();
        toolkits
            .map(|(id, types)| (self.key(*id), types.toolkit.clone()))
            .collect()
    }

    fn keyed_models(&self) -> BTreeMap<Key, Model> {
        let mut models = self.keyed(&self.models);
        models.insert(Key("sim".to_owned()), simulated_model());
        models
    }

    fn hash_sources(&self) -> BTreeMap<String, String> {
        let modules = self.workspace.modules.iter();
        modules
            .filter(|module| !module.is_std)
            .map(|module| {
                let file = self.workspace.sources.file(module.tree.file);
                let hash = blake3::hash(file.text().as_bytes()).to_hex().to_string();
                (file.name().to_owned(), hash)
            })
            .collect()
    }
}

fn simulated_model() -> Model {
    Model {
        identity: ModelIdentity {
            provider: Provider::Sim,
            name: "sim".to_owned(),
            temperature: None,
            top_p: None,
            max_tokens: None,
            body: BTreeMap::new(),
        },
        access: ModelAccess::default(),
    }
}
