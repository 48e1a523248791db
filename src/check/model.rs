//! A declared model: what it is, how it samples, where it is reached and what it costs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// A model, in two parts: what decides its answers, and what does not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    pub identity: ModelIdentity,
    pub access: ModelAccess,
}

/// What decides a model's answers; part of the work that a plan's id stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelIdentity {
    pub provider: Provider,
    /// The name on the wire.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Further fields of the request's body.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub body: BTreeMap<String, Json>,
}

/// Who serves a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// The embedded simulated model.
    Sim,
    /// Any server with `/v1/chat/completions`.
    Openai,
    /// `/v1/messages`.
    Anthropic,
}

/// How a model is reached and paid; settings that may change between two lives of a run.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ModelAccess {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<Setting>,
    /// The name of the environment variable that holds the key. Never the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    /// Further headers of every call, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Setting>,
    /// Whether answers are to come as streams.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stream: bool,
    /// The address of a proxy, in place of the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Setting>,
    /// Certificates in PEM that are trusted beside the system's; the variable may hold the path of
    /// a file with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<Setting>,
    #[serde(default)]
    pub limits: Limits,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// Seconds that one call may take; 120 without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
}

/// A text, or the environment variable that holds it and what stands for it when it is not set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    Text(String),
    Env {
        name: String,
        default: Option<String>,
    },
}

/// What a server allows; `None` is no bound that we know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Limits {
    /// Requests a minute.
    pub rpm: Option<u64>,
    /// Tokens a minute.
    pub tpm: Option<u64>,
    /// Calls in flight.
    pub concurrency: Option<u32>,
}

/// USD per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Price {
    pub input: f64,
    /// Of the input, what the server read from its cache; as `input` where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached: Option<f64>,
    /// Reasoning is output.
    pub output: f64,
}
