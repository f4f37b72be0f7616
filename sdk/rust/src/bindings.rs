//! What wit-bindgen makes of the contract: one module for the imports, the records and the lifecycle,
//! and one for each stage.
//!
//! Each stage has a world of its own that exports nothing else. A component's type is put together
//! from the worlds whose export macro its crate calls, so that `export!(Type, [scorer, hooks])` gives
//! a component with just those two, and any other combination works the same way.

#![allow(missing_docs, unsafe_code, unused_qualifications, clippy::all)]

/// Imports, records and `lifecycle`.
pub mod guest {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "switchyard:plugin/guest",
        pub_export_macro: true,
        export_macro_name: "export_lifecycle",
        default_bindings_module: "switchyard_sdk::bindings::guest",
        generate_unused_types: true,
        additional_derives: [PartialEq],
        additional_derives_ignore: ["outcome", "scope", "ending", "level"],
    });
}

/// The records, which all stages share.
pub use guest::switchyard::plugin::types;

/// One module with the bindings of one stage.
macro_rules! stage {
    ($module:ident, $wit:literal, $world:literal, $export:literal, $bindings:literal) => {
        pub mod $module {
            wit_bindgen::generate!({
                path: "../../wit",
                inline: $wit,
                world: $world,
                with: { "switchyard:plugin/types@0.1.0": crate::bindings::types },
                pub_export_macro: true,
                export_macro_name: $export,
                default_bindings_module: $bindings,
            });
        }
    };
}

stage!(
    filter,
    "package switchyard:sdk; world filter-stage { export switchyard:plugin/filter@0.1.0; }",
    "switchyard:sdk/filter-stage",
    "export_filter",
    "switchyard_sdk::bindings::filter"
);
stage!(
    scorer,
    "package switchyard:sdk; world scorer-stage { export switchyard:plugin/scorer@0.1.0; }",
    "switchyard:sdk/scorer-stage",
    "export_scorer",
    "switchyard_sdk::bindings::scorer"
);
stage!(
    picker,
    "package switchyard:sdk; world picker-stage { export switchyard:plugin/picker@0.1.0; }",
    "switchyard:sdk/picker-stage",
    "export_picker",
    "switchyard_sdk::bindings::picker"
);
stage!(
    decider,
    "package switchyard:sdk; world decider-stage { export switchyard:plugin/decider@0.1.0; }",
    "switchyard:sdk/decider-stage",
    "export_decider",
    "switchyard_sdk::bindings::decider"
);
stage!(
    profile_handler,
    "package switchyard:sdk; world profile-handler-stage { export switchyard:plugin/profile-handler@0.1.0; }",
    "switchyard:sdk/profile-handler-stage",
    "export_profile_handler",
    "switchyard_sdk::bindings::profile_handler"
);
stage!(
    scraper,
    "package switchyard:sdk; world scraper-stage { export switchyard:plugin/scraper@0.1.0; }",
    "switchyard:sdk/scraper-stage",
    "export_scraper",
    "switchyard_sdk::bindings::scraper"
);
stage!(
    hooks,
    "package switchyard:sdk; world hooks-stage { export switchyard:plugin/hooks@0.1.0; }",
    "switchyard:sdk/hooks-stage",
    "export_hooks",
    "switchyard_sdk::bindings::hooks"
);
