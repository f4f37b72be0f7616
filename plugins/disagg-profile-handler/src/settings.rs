//! The settings, which come in an older flat form and in a nested one.

use schemars::JsonSchema;
use serde::Deserialize;
use switchyard_sdk::Diagnostics;

/// The settings of `disagg-profile-handler`.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// `decode-first` (the default) or `prefill-first`.
    stage_order: Option<String>,
    /// The names of the profiles.
    profiles: Profiles,
    /// The names of the deciders.
    deciders: Deciders,
    /// The older form of `profiles.decode`.
    decode_profile: Option<String>,
    /// The older form of `profiles.prefill`.
    prefill_profile: Option<String>,
    /// The older form of `profiles.encode`.
    encode_profile: Option<String>,
    /// An older form of `deciders.prefill`.
    decider_plugin_name: Option<String>,
    /// An older form of `deciders.prefill`.
    prefill_decider_plugin_name: Option<String>,
    /// The older form of `deciders.encode`.
    encode_decider_plugin_name: Option<String>,
}

/// The names of the profiles in the configuration.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
struct Profiles {
    /// Picks the destination; `decode` if not given.
    decode: Option<String>,
    /// Picks the prefill server; `prefill` if not given.
    prefill: Option<String>,
    /// Picks the encode servers; `encode` if not given.
    encode: Option<String>,
}

/// The names of the plugins that decide whether a stage runs.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
struct Deciders {
    /// Without one there is no prefill stage.
    prefill: Option<String>,
    /// Without one there is no encode stage.
    encode: Option<String>,
}

/// Which stage comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Decode, then the others where their deciders agree.
    DecodeFirst,
    /// Prefill, then decode, so that decode can be near to it.
    PrefillFirst,
}

/// The settings in one form.
#[derive(Debug)]
pub(crate) struct Stages {
    pub(crate) order: Order,
    pub(crate) decode: String,
    pub(crate) prefill: String,
    pub(crate) encode: String,
    pub(crate) prefill_decider: Option<String>,
    pub(crate) encode_decider: Option<String>,
}

impl Settings {
    /// Both forms in one, or all that is wrong.
    pub(crate) fn stages(self) -> Result<Stages, Diagnostics> {
        let mut diagnostics = Diagnostics::none();
        let mut one_of = |forms: &[(&str, &Option<String>)]| one_of(forms, &mut diagnostics);
        let decode = one_of(&[
            ("profiles.decode", &self.profiles.decode),
            ("decodeProfile", &self.decode_profile),
        ]);
        let prefill = one_of(&[
            ("profiles.prefill", &self.profiles.prefill),
            ("prefillProfile", &self.prefill_profile),
        ]);
        let encode = one_of(&[
            ("profiles.encode", &self.profiles.encode),
            ("encodeProfile", &self.encode_profile),
        ]);
        let prefill_decider = one_of(&[
            ("deciders.prefill", &self.deciders.prefill),
            (
                "prefillDeciderPluginName",
                &self.prefill_decider_plugin_name,
            ),
            ("deciderPluginName", &self.decider_plugin_name),
        ]);
        let encode_decider = one_of(&[
            ("deciders.encode", &self.deciders.encode),
            ("encodeDeciderPluginName", &self.encode_decider_plugin_name),
        ]);
        let order = order(self.stage_order.as_deref().unwrap_or_default());
        if order.is_none() {
            diagnostics.add(
                "stageOrder",
                format!(
                    "found `{}`, expected `decode-first` or `prefill-first`",
                    self.stage_order.unwrap_or_default()
                ),
            );
        }
        if order == Some(Order::PrefillFirst) && prefill_decider.is_some() {
            diagnostics.add(
                "deciders.prefill",
                "found together with `stageOrder: prefill-first`, expected none: \
                 there is no decode server yet for it to judge by",
            );
        }
        diagnostics.or(Stages {
            order: order.unwrap_or(Order::DecodeFirst),
            decode: decode.unwrap_or_else(|| "decode".to_owned()),
            prefill: prefill.unwrap_or_else(|| "prefill".to_owned()),
            encode: encode.unwrap_or_else(|| "encode".to_owned()),
            prefill_decider,
            encode_decider,
        })
    }
}

/// Case, dashes and underscores do not count, nor does the word after the stage.
fn order(given: &str) -> Option<Order> {
    let plain: String = given
        .chars()
        .filter(|character| !matches!(character, '-' | '_'))
        .map(|character| character.to_ascii_lowercase())
        .collect();
    match plain.as_str() {
        "" | "decode" | "decodefirst" => Some(Order::DecodeFirst),
        "prefill" | "prefillfirst" => Some(Order::PrefillFirst),
        _ => None,
    }
}

/// The first form that is given; a mistake if another says something else. Empty is not given.
fn one_of(forms: &[(&str, &Option<String>)], diagnostics: &mut Diagnostics) -> Option<String> {
    let mut given = forms
        .iter()
        .filter_map(|(path, value)| Some((*path, value.as_deref()?)))
        .filter(|(_, value)| !value.is_empty());
    let (first, value) = given.next()?;
    for (path, other) in given.filter(|(_, other)| *other != value) {
        diagnostics.add(
            path,
            format!("found `{other}`, expected `{value}` as in `{first}`, or nothing"),
        );
    }
    Some(value.to_owned())
}
