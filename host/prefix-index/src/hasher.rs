//! Prompts as chains of block hashes.

use xxhash_rust::xxh64::xxh64;

/// Cuts prompts into blocks and hashes each together with all before it.
///
/// The chain starts with the model and the cache salt, since neither shares its cache with another. The
/// hash of a block is that of its bytes followed by the previous hash as eight little-endian bytes; the
/// last block may be shorter and counts too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hasher {
    block_bytes: usize,
    max_blocks: usize,
}

impl Hasher {
    /// Blocks of `block_bytes` (at least 1; estimated tokens are four bytes each), of which the first
    /// `max_blocks` of a prompt are hashed.
    pub fn new(block_bytes: usize, max_blocks: usize) -> Self {
        Self {
            block_bytes: block_bytes.max(1),
            max_blocks,
        }
    }

    /// Bytes in a full block.
    pub fn block_bytes(&self) -> usize {
        self.block_bytes
    }

    /// Appends the hashes of `prompt`'s blocks, first to last.
    pub fn hash(&self, model: &str, salt: &str, prompt: &[u8], out: &mut Vec<u64>) {
        let mut previous = xxh64([model, salt].concat().as_bytes(), 0);
        let blocks = prompt.chunks(self.block_bytes).take(self.max_blocks);
        out.reserve(blocks.len());
        let mut linked = Vec::with_capacity(self.block_bytes + size_of::<u64>());
        for block in blocks {
            linked.clear();
            linked.extend_from_slice(block);
            linked.extend_from_slice(&previous.to_le_bytes());
            previous = xxh64(&linked, 0);
            out.push(previous);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(model: &str, salt: &str, prompt: &str) -> Vec<u64> {
        let mut out = Vec::new();
        Hasher::new(4, 3).hash(model, salt, prompt.as_bytes(), &mut out);
        out
    }

    #[test]
    fn a_chain_is_as_long_as_its_prompt_up_to_the_limit() {
        for (prompt, blocks) in [
            ("", 0),
            ("a", 1),
            ("aaaa", 1),
            ("aaaab", 2),
            ("aaaabbbbcccc", 3),
            ("aaaabbbbccccd", 3),
        ] {
            assert_eq!(hashes("m", "", prompt).len(), blocks, "{prompt}");
        }
        assert!(Hasher::new(0, 2).block_bytes() == 1);
    }

    #[test]
    fn the_formula() {
        let seed = xxh64(b"msalt", 0);
        let first = xxh64(&[b"aaaa".as_slice(), &seed.to_le_bytes()].concat(), 0);
        let tail = xxh64(&[b"b".as_slice(), &first.to_le_bytes()].concat(), 0);
        assert_eq!(hashes("m", "salt", "aaaab"), [first, tail]);
    }

    #[test]
    fn chains_share_what_prompts_share() {
        let base = hashes("m", "", "aaaabbbbcccc");
        for (model, salt, prompt, shared) in [
            ("m", "", "aaaabbbbdddd", 2),
            ("m", "", "aaaabbb", 1),
            ("m", "", "xaaabbbbcccc", 0),
            ("n", "", "aaaabbbbcccc", 0),
            ("m", "s", "aaaabbbbcccc", 0),
        ] {
            let other = hashes(model, salt, prompt);
            let equal = base.iter().zip(&other).take_while(|(a, b)| a == b).count();
            assert_eq!(equal, shared, "{model} {salt} {prompt}");
            assert!(base[equal..].iter().all(|hash| !other.contains(hash)));
        }
    }
}
