//! The data producer for prefix columns: hashes a prompt, asks the approximate index, and teaches it.

use std::cell::RefCell;

use switchyard_config::PrefixIndex as Settings;
use switchyard_openai::RequestBody;
use switchyard_prefix_index::{Hasher, Index};
use switchyard_scheduler::{ColumnStore, RequestValues};

/// Bytes of prompt that count as one token.
pub const BYTES_PER_TOKEN: usize = 4;

/// The approximate index with its settings.
pub struct Prefix {
    settings: Settings,
    index: Index,
}

/// A prompt's hashes and how its blocks are cut.
pub struct Hashed {
    hashes: Vec<u64>,
    block_tokens: u32,
    /// For each candidate, the blocks it was found to hold.
    matched: Vec<u32>,
}

impl Hashed {
    /// The share of the prompt that `row` holds, and the bytes of it; not finite where it is unknown.
    pub fn hit(&self, rows: &[u32], row: u32) -> (f64, f64) {
        let position = rows.iter().position(|known| *known == row);
        let matched = position.and_then(|position| self.matched.get(position));
        let matched = matched.map_or(f64::NAN, |matched| f64::from(*matched));
        let block_bytes = self.block_tokens as usize * BYTES_PER_TOKEN;
        (
            matched / self.hashes.len() as f64,
            matched * block_bytes as f64,
        )
    }
}

thread_local! {
    /// A prompt in its normalised form; kept so that large prompts cost no allocation each.
    static PROMPT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Past this the buffer for prompts is given back after use.
const KEPT_PROMPT_BYTES: usize = 1 << 20;

impl Prefix {
    /// An empty index.
    pub fn new(settings: Settings) -> Self {
        let index = Index::new(settings.lru_capacity_per_server as usize);
        Self { settings, index }
    }

    /// The settings it was made with; other ones need another index.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Hashes a prompt.
    pub fn hash(
        &self,
        model: &str,
        read: &RequestBody,
        body: &[u8],
        reported_block_tokens: Option<u32>,
    ) -> Hashed {
        let block_tokens = self.settings.effective_block_tokens(reported_block_tokens);
        let max_blocks = self.settings.effective_max_blocks(block_tokens) as usize;
        let hasher = Hasher::new(block_tokens as usize * BYTES_PER_TOKEN, max_blocks);
        let mut hashes = Vec::new();
        PROMPT.with_borrow_mut(|prompt| {
            prompt.clear();
            read.append_prompt(body, prompt);
            hasher.hash(
                model,
                read.cache_salt().unwrap_or_default(),
                prompt,
                &mut hashes,
            );
            if prompt.capacity() > KEPT_PROMPT_BYTES {
                *prompt = Vec::new();
            }
        });
        Hashed {
            hashes,
            block_tokens,
            matched: Vec::new(),
        }
    }

    /// Adds what the index knows of these rows.
    pub fn produce(&self, hashed: &mut Hashed, rows: &[u32], values: &mut RequestValues) {
        hashed.matched.reserve(rows.len());
        self.index.lookup(&hashed.hashes, rows, &mut hashed.matched);
        let matched = hashed.matched.iter().copied().map(f64::from).collect();
        values.columns.push(("prefix-match-blocks", matched));
        values
            .scalars
            .push(("prefix-total-blocks", hashed.hashes.len() as f64));
        values
            .scalars
            .push(("block-tokens", f64::from(hashed.block_tokens)));
    }

    /// Notes that a server is about to hold this prompt.
    pub fn learn(&self, hashed: &Hashed, row: u32) {
        self.index.insert(row, &hashed.hashes);
    }

    /// How many blocks are remembered.
    pub fn blocks(&self) -> usize {
        self.index.len()
    }

    /// Forgets a server.
    pub fn forget(&self, row: u32) {
        self.index.remove_row(row);
    }
}

/// The block size most servers report, from the column `kv-block-tokens`.
pub fn reported_block_tokens(columns: &ColumnStore, rows: &[u32]) -> Option<u32> {
    let column = columns.column("kv-block-tokens");
    let first = rows
        .iter()
        .map(|row| column.get(*row, 0))
        .find(|tokens| tokens.is_finite() && *tokens >= 1.0);
    first.map(|tokens| tokens as u32)
}
