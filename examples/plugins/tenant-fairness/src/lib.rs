//! A tenant with many requests in flight is spread over more endpoints, so that it cannot fill one of them
//! for all others.
//!
//! Requests name their tenant in a header. The hooks count what each tenant has in flight at each endpoint,
//! and the scorer likes an endpoint the less, the more the tenant has there already. A count must be the
//! same for every instance and outlive each of them, so none is kept here: they are own columns, to
//! which the host adds atomically.

mod hooks;
mod scorer;

use schemars::JsonSchema;
use serde::Deserialize;
use switchyard_sdk::{Column, Diagnostics, Needs, Plugin, Request, export};

/// The most buckets there can be: each is a column of its own.
const MOST_BUCKETS: u32 = 64;

/// What a configuration can say under `parameters`. These comments are shown to who writes one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Settings {
    /// The request header that names the tenant.
    #[schemars(length(min = 1))]
    header: String,
    /// Up to so many requests of one tenant at one endpoint count as none; above 0.
    #[schemars(extend("exclusiveMinimum" = 0))]
    share: f64,
    /// Tenants are told apart by a hash of their names with so many values, from 1 to 64. Two tenants that
    /// share a value are counted as one.
    #[schemars(range(min = 1, max = MOST_BUCKETS))]
    buckets: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            header: "x-tenant".to_owned(),
            share: 4.0,
            buckets: 8,
        }
    }
}

/// One instance of the plugin: its settings, and the names that come of them.
struct TenantFairness {
    header: String,
    share: f64,
    /// Of each bucket, what its tenants have in flight at an endpoint. NaN: they never had anything.
    columns: Vec<Column>,
}

impl Plugin for TenantFairness {
    const NAME: &'static str = env!("CARGO_PKG_NAME");
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = Settings;

    fn new(settings: Settings) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::none();
        let Settings {
            header,
            share,
            buckets,
        } = settings;
        if header.is_empty() {
            diagnostics.add("header", "found an empty name, expected that of a header");
        }
        if share.is_nan() || share <= 0.0 {
            diagnostics.add("share", format!("found {share}, expected a number above 0"));
        }
        if !(1..=MOST_BUCKETS).contains(&buckets) {
            let message = format!("found {buckets}, expected a number from 1 to {MOST_BUCKETS}");
            diagnostics.add("buckets", message);
        }
        let column = |bucket| Column::Named(format!("tenant-fairness/in-flight/{bucket}").into());
        diagnostics.or(Self {
            header: header.to_ascii_lowercase(),
            share,
            columns: (0..buckets.min(MOST_BUCKETS)).map(column).collect(),
        })
    }

    fn needs(&self) -> Needs {
        let needs = Needs::none().column(Column::InFlightRequests);
        self.columns.iter().fold(needs, |needs, column| {
            needs.own_column(column.name()).column(column.clone())
        })
    }
}

impl TenantFairness {
    /// The bucket of the request's tenant; none where the request names no tenant.
    fn bucket(&self, request: &Request) -> Option<usize> {
        let tenant = request.header(&self.header)?;
        (!tenant.is_empty()).then(|| bucket_of(&tenant, self.columns.len()))
    }
}

/// FNV-1a: unlike the hashers of `std` it is the same in every build, and two builds may be counting at
/// the same time, while the requests of an older one end.
fn bucket_of(tenant: &str, buckets: usize) -> usize {
    let hash = tenant
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
    (hash % buckets as u64) as usize
}

export!(TenantFairness, [scorer, hooks]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::Tested;

    #[test]
    fn a_tenant_is_always_in_the_same_bucket() {
        // The published values of FNV-1a for these texts end in 0x...8c and 0x...e8.
        assert_eq!(bucket_of("a", 256), 0x8c);
        assert_eq!(bucket_of("foobar", 256), 0xe8);
        assert_eq!(bucket_of("anyone", 1), 0);
    }

    #[test]
    fn tenants_are_spread_over_the_buckets() {
        let mut tenants = [0_u32; 8];
        for tenant in 0..800 {
            tenants[bucket_of(&format!("tenant-{tenant}"), 8)] += 1;
        }
        for count in tenants {
            assert!((70..130).contains(&count), "{tenants:?}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let check = |settings: &str, want: &[&str]| {
            let diagnostics = Tested::<TenantFairness>::new(settings).err();
            let diagnostics = diagnostics.unwrap_or_default();
            let paths: Vec<&str> = diagnostics.iter().map(|one| one.path.as_str()).collect();
            assert_eq!(paths, want, "{settings}");
        };
        check("{}", &[]);
        check(r#"{"header": "", "share": 0}"#, &["header", "share"]);
        check(r#"{"buckets": 0}"#, &["buckets"]);
        check(r#"{"buckets": 65}"#, &["buckets"]);
        check(r#"{"buckets": -1}"#, &["buckets"]);
        check(r#"{"Header": "x-tenant"}"#, &["Header"]);
    }
}
