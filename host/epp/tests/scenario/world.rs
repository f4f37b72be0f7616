//! Random moments of a pool under load.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use switchyard_epp::active::Active;
use switchyard_epp::pool::Pool;
use switchyard_scheduler::{
    EndpointSpec, Gathered, HeaderSource, Request, RequestValues, Snapshot,
};

const NOW_MS: u64 = 1_790_000_000_000;
/// Measured before this is too old to count.
const OLDEST_MS: u64 = NOW_MS - 2_000;
const MEASURED: &[&str] = &[
    "waiting-requests",
    "running-requests",
    "kv-cache-usage",
    "lora-max",
    "in-flight-requests",
];
const ROLES: &[&str] = &["prefill", "decode", "prefill-decode", "encode", ""];
const ZONES: &[&str] = &["a", "b", "c"];

/// Everything a request is scheduled on.
pub(crate) struct Moment {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) request: Arc<Request>,
    pub(crate) gathered: Gathered,
}

/// A pool and the chance that moves it.
pub(crate) struct World {
    chance: u64,
    pool: Arc<Pool>,
    moments: u64,
}

struct Headers(Vec<(&'static str, String)>);

impl HeaderSource for Headers {
    fn header(&self, name: &str) -> Option<String> {
        let mut known = self.0.iter().filter(|(known, _)| *known == name);
        known.next().map(|(_, value)| value.clone())
    }
}

impl World {
    pub(crate) fn new(seed: u64, pool: Arc<Pool>) -> Self {
        Self {
            chance: seed,
            pool,
            moments: 0,
        }
    }

    /// The next number of the sequence "splitmix64".
    fn next(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.chance;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }

    /// From 0 to 1, with every bit a fraction can have.
    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A measured value: whole, broken, extreme or not known.
    fn value(&mut self) -> f64 {
        match self.below(8) {
            0 => f64::NAN,
            1 => 0.0,
            2 => self.fraction() * 1e12,
            3 | 4 => self.fraction(),
            _ => self.below(40) as f64,
        }
    }

    fn endpoints(&mut self) -> Vec<EndpointSpec> {
        let most = self.one_of(&[3, 12, 50, 200]);
        let count = 1 + self.below(most);
        let spec = |number: u64| {
            let mut labels = BTreeMap::new();
            let role = self.one_of(ROLES);
            if !role.is_empty() {
                labels.insert("llm-d.ai/role".to_owned(), role.to_owned());
            }
            labels.insert("zone".to_owned(), self.one_of(ZONES).to_owned());
            EndpointSpec {
                name: format!("server-{number}"),
                namespace: "default".to_owned(),
                address: IpAddr::from([10, 0, (number / 250) as u8, (number % 250) as u8]),
                port: 8000 + self.below(3) as u16,
                rank: self.below(2) as u32,
                labels,
            }
        };
        (0..count).map(spec).collect()
    }

    fn load(&mut self, rows: &[u32]) {
        let pool = self.pool.clone();
        for name in MEASURED {
            let column = pool.columns().column(name);
            for row in rows {
                let at_ms = self.one_of(&[NOW_MS, NOW_MS, NOW_MS, OLDEST_MS - 1]);
                column.set_at(*row, self.value(), at_ms);
            }
        }
        for name in ["lora-running", "lora-waiting"] {
            let sets = pool.columns().set_column(name);
            for row in rows {
                let members = (0..self.below(4)).map(|at| format!("adapter-{at}"));
                sets.set_at(*row, members.collect(), NOW_MS);
            }
        }
    }

    fn request(&mut self, active: &Active, snapshot: &Snapshot) -> Request {
        let mut headers = Vec::new();
        if self.below(2) == 0 {
            headers.push(("x-session-id", format!("session-{}", self.below(20))));
        }
        if self.below(2) == 0 {
            let endpoint =
                &snapshot.endpoints[self.below(snapshot.endpoints.len() as u64) as usize];
            let token = self
                .one_of(&["c29tZW9uZSBlbHNl", "not base64", ""])
                .to_owned();
            let token = if self.below(3) > 0 {
                token_of(&endpoint.id)
            } else {
                token
            };
            headers.push(("x-session-token", token));
        }
        let (seed, id) = (self.next(), format!("r-{}", self.moments));
        let mut request = Request::new(id, NOW_MS + self.moments, seed, Box::new(Headers(headers)));
        request.path = "/v1/chat/completions".to_owned();
        request.model = format!("adapter-{}", self.below(6));
        request.target_model.clone_from(&request.model);
        request.profiles = active.profile_names.clone();
        request
    }

    /// The next moment; every eighth one comes with other endpoints.
    pub(crate) fn moment(&mut self, active: &Active) -> Moment {
        if self.moments.is_multiple_of(8) {
            let endpoints = self.endpoints();
            self.pool.apply(endpoints);
        }
        self.moments += 1;
        let snapshot = self.pool.snapshot();
        let all: Vec<u32> = snapshot.endpoints.iter().map(|e| e.row).collect();
        self.load(&all);
        let rows: Vec<u32> = match self.below(4) {
            0 => all.into_iter().filter(|_| self.below(3) > 0).collect(),
            _ => all,
        };
        let blocks = self.below(60);
        let matches = rows.iter().map(|_| match self.below(4) {
            0 => f64::NAN,
            _ => self.below(blocks + 1) as f64,
        });
        let made = RequestValues {
            columns: vec![("prefix-match-blocks", matches.collect())],
            scalars: vec![
                ("prompt-bytes", (blocks * 64) as f64),
                ("prompt-tokens", (blocks * 16) as f64),
                ("prefix-total-blocks", blocks as f64),
                ("block-tokens", 16.0),
                ("candidates", rows.len() as f64),
            ],
        };
        let request = self.request(active, &snapshot);
        let model = request.target_model.clone();
        let gathered = Gathered::take(&active.plan, rows, &made, &model, NOW_MS, OLDEST_MS);
        Moment {
            snapshot,
            request: Arc::new(request),
            gathered,
        }
    }
}

/// What the scorer gives its clients as their token.
fn token_of(id: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut token = String::new();
    for three in id.as_bytes().chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, at| {
            bits << 8 | usize::from(three.get(at).copied().unwrap_or(0))
        });
        for digit in 0..4 {
            token.push(match digit <= three.len() {
                true => char::from(DIGITS[bits >> (18 - 6 * digit) & 63]),
                false => '=',
            });
        }
    }
    token
}
