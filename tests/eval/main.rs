//! Models to sec@k, evaluators to agreement: what is measured is held against a known truth.

mod evaluations;
mod judgements;
mod labels;
mod material;
