//! Text as the simulated model sees it: 4 bytes of UTF-8 are a token, and answers are drawn by the prompt.
//!
//! An answer depends on the seed and its prompt alone, not on the server or the order of requests: the same
//! conversation goes the same way wherever a router sends it, which is what makes two runs comparable.

use xxhash_rust::xxh64::xxh64;

use crate::rng::Rng;

/// Bytes of text in a token.
pub(crate) const TOKEN_BYTES: usize = 4;

/// Words of four bytes, one token each.
const WORDS: [&str; 32] = [
    " oak", " elm", " fig", " ivy", " ash", " bee", " cat", " dog", " owl", " fox", " elk", " cow",
    " red", " sun", " sky", " sea", " ice", " fog", " rim", " bay", " den", " map", " key", " pen",
    " cup", " jar", " bow", " tin", " hut", " inn", " arc", " gem",
];

/// Lengths of drawn answers: a share of the limit, and how likely it is. Short ones are common, and some
/// reach the limit.
const LENGTHS: [(f64, f64); 6] = [
    (0.2, 0.17),
    (0.3, 0.33),
    (0.2, 0.5),
    (0.05, 0.67),
    (0.1, 0.83),
    (0.15, 1.0),
];

/// Tokens of `bytes` bytes of text.
pub(crate) fn tokens(bytes: usize) -> usize {
    bytes.div_ceil(TOKEN_BYTES)
}

/// An answer, cut into tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Its text.
    pub text: String,
    ends: Vec<u32>,
}

impl Answer {
    /// `tokens` words drawn by `seed`.
    pub(crate) fn random(seed: u64, tokens: usize) -> Self {
        let mut rng = Rng::new(seed);
        let text: String = (0..tokens).map(|_| WORDS[rng.below(WORDS.len())]).collect();
        Self {
            text,
            ends: (1..=tokens)
                .map(|token| (token * TOKEN_BYTES) as u32)
                .collect(),
        }
    }

    /// The first `limit` tokens of `text`, cut between characters.
    pub(crate) fn echo(text: &str, limit: usize) -> Self {
        let mut ends = Vec::new();
        let mut end = 0;
        while end < text.len() && ends.len() < limit {
            end = text.ceil_char_boundary((end + TOKEN_BYTES).min(text.len()));
            ends.push(end as u32);
        }
        Self {
            text: text[..end].to_owned(),
            ends,
        }
    }

    /// How many tokens it has.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// True when it has no token.
    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of token `index`.
    pub(crate) fn token(&self, index: usize) -> &str {
        let start = index
            .checked_sub(1)
            .map_or(0, |before| self.ends[before] as usize);
        &self.text[start..self.ends[index] as usize]
    }
}

/// A drawn length between `least` and `limit` tokens.
pub(crate) fn draw_length(rng: &mut Rng, least: usize, limit: usize) -> usize {
    let mut ticket = rng.unit();
    let mut from = 0.0;
    for (chance, upto) in LENGTHS {
        if ticket < chance {
            let share = from + (upto - from) * ticket / chance;
            let tokens = (share * limit as f64).ceil() as usize;
            return tokens.clamp(least.clamp(1, limit), limit);
        }
        ticket -= chance;
        from = upto;
    }
    limit
}

/// Chained hashes of the full blocks of `block_bytes` in `parts`, one after another. `root` keeps apart
/// what must not share blocks: adapters, and tenants that ask for it with a salt.
pub(crate) fn chain(root: u64, parts: [&[u8]; 2], block_bytes: usize) -> Vec<u64> {
    let mut chain = Vec::with_capacity((parts[0].len() + parts[1].len()) / block_bytes);
    let mut parent = root;
    let [first, second] = parts;
    let mut blocks = first.chunks_exact(block_bytes);
    for block in &mut blocks {
        parent = xxh64(block, parent);
        chain.push(parent);
    }
    // One block may reach over the seam.
    let rest = blocks.remainder();
    let seam = (block_bytes - rest.len()).min(second.len());
    if rest.len() + seam < block_bytes {
        return chain;
    }
    parent = xxh64(&[rest, &second[..seam]].concat(), parent);
    chain.push(parent);
    for block in second[seam..].chunks_exact(block_bytes) {
        parent = xxh64(block, parent);
        chain.push(parent);
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_answers_repeat_and_every_word_is_a_token() {
        let answer = Answer::random(3, 10);
        assert_eq!(answer, Answer::random(3, 10));
        assert_ne!(answer, Answer::random(4, 10));
        assert_eq!((answer.len(), answer.text.len()), (10, 40));
        let joined: String = (0..answer.len()).map(|token| answer.token(token)).collect();
        assert_eq!(joined, answer.text);
        assert!(WORDS.iter().all(|word| word.len() == TOKEN_BYTES));
    }

    #[test]
    fn echo_cuts_between_characters() {
        for (text, limit, said, tokens) in [
            ("hello world", 99, "hello world", 3),
            ("hello world", 2, "hello wo", 2),
            ("", 5, "", 0),
            ("äöüß€", 99, "äöüß€", 3),
            ("aaa😀b", 1, "aaa😀", 1),
        ] {
            let answer = Answer::echo(text, limit);
            assert_eq!(
                (answer.text.as_str(), answer.len()),
                (said, tokens),
                "{text}"
            );
        }
    }

    #[test]
    fn chains_do_not_depend_on_the_seam() {
        let text: Vec<u8> = (0..200u8).collect();
        let whole = chain(1, [&text, &[]], 16);
        assert_eq!(whole.len(), 12);
        for seam in 0..=text.len() {
            let (first, second) = text.split_at(seam);
            assert_eq!(chain(1, [first, second], 16), whole, "{seam}");
        }
        assert_ne!(chain(2, [&text, &[]], 16)[0], whole[0]);
    }

    #[test]
    fn drawn_lengths_stay_within_their_limits_and_reach_all_of_the_range() {
        let draws: Vec<usize> = (0..2_000)
            .map(|seed| draw_length(&mut Rng::new(seed), 10, 100))
            .collect();
        assert!(draws.iter().all(|tokens| (10..=100).contains(tokens)));
        assert!(draws.iter().any(|tokens| *tokens < 20) && draws.iter().any(|tokens| *tokens > 95));
        assert_eq!(draw_length(&mut Rng::new(1), 50, 20), 20);
    }
}
