//! How an answer on the wire says that nobody but the simulated model gave it.

/// The fingerprint of OpenAI's dialect.
pub(in crate::model) const FINGERPRINT: &str = "autosafe-sim";

/// What a message's id begins with in Anthropic's dialect, which has no fingerprint.
pub(super) const ID_PREFIX: &str = "msg_autosafe_sim_";

/// Whether a message with this id is the simulated model's.
pub(in crate::model) fn is_id_of_sim(id: &str) -> bool {
    id.starts_with(ID_PREFIX)
}
