//! Recorded conversations: several users per shared system prompt, several turns each.
//!
//! Questions, answers and pauses are all fixed by the seed, so that both plays send the same bytes:
//! a turn's prompt holds the recorded answers, not what a server made up this time.

use std::time::Duration;

use crate::stage::model_servers::Abilities;

/// The simulated servers count four bytes as a token.
const TOKEN_BYTES: u32 = 4;

/// The servers of the demo: about 10,000 tokens/s of prefill, and a cache that holds less than half
/// of the shared prompts (see the test), but well more than the quarter that falls to one of four.
pub(super) const SERVERS: Abilities = Abilities {
    context_tokens: 4_096,
    slots: 32,
    block_tokens: 16,
    cache_blocks: 960,
    prefill_overhead_us: 10_000,
    prefill_per_token_us: 100,
    per_token_us: 8_000,
};

/// How many conversations there are, and how long they are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Shared system prompts.
    prompts: u32,
    /// Users of each.
    users_per_prompt: u32,
    turns: u32,
    system_tokens: u32,
    question_tokens: u32,
    answer_tokens: u32,
    seed: u64,
}

/// What one user says, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conversation {
    /// The system prompt, shared with other users.
    pub(super) system: String,
    pub(super) turns: Vec<Turn>,
}

/// One question with the answer that the record has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Turn {
    /// How long the user waits before asking.
    pub(super) pause: Duration,
    pub(super) question: String,
    pub(super) answer: String,
    /// The longest answer to ask for.
    pub(super) answer_tokens: u32,
}

impl Shape {
    pub(super) fn full() -> Self {
        Self {
            prompts: 20,
            users_per_prompt: 2,
            turns: 10,
            system_tokens: 1_600,
            question_tokens: 24,
            answer_tokens: 16,
            seed: 7,
        }
    }

    pub(super) fn short() -> Self {
        Self {
            turns: 7,
            ..Self::full()
        }
    }

    /// One line about it.
    pub(super) fn told(&self) -> String {
        let users = self.prompts * self.users_per_prompt;
        format!(
            "{users} users, {} turns each, {} shared system prompts of {} tokens; 4 servers, each \
             with room for {} of these prompts",
            self.turns,
            self.prompts,
            self.system_tokens,
            SERVERS.cache_blocks / self.system_blocks(),
        )
    }

    fn system_blocks(&self) -> u32 {
        self.system_tokens / SERVERS.block_tokens
    }

    /// All conversations.
    pub(super) fn record(&self) -> Vec<Conversation> {
        let mut dice = Dice(self.seed);
        let systems: Vec<_> = (0..self.prompts)
            .map(|_| text(&mut dice, self.system_tokens))
            .collect();
        (0..self.users_per_prompt)
            .flat_map(|_| systems.iter())
            .map(|system| Conversation {
                system: system.clone(),
                turns: (0..self.turns)
                    .map(|turn| self.turn(&mut dice, turn))
                    .collect(),
            })
            .collect()
    }

    fn turn(&self, dice: &mut Dice, turn: u32) -> Turn {
        // Users arrive over two seconds; later they think for a moment.
        let pause_ms = if turn == 0 {
            dice.below(2_000)
        } else {
            100 + dice.below(400)
        };
        Turn {
            pause: Duration::from_millis(pause_ms),
            question: text(dice, self.question_tokens),
            answer: text(dice, self.answer_tokens),
            answer_tokens: self.answer_tokens,
        }
    }
}

/// Made-up words, exactly `tokens` tokens long.
fn text(dice: &mut Dice, tokens: u32) -> String {
    const SYLLABLES: [&str; 16] = [
        "ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu",
        "va",
    ];
    let length = (tokens * TOKEN_BYTES) as usize;
    let mut text = String::with_capacity(length + 16);
    while text.len() < length {
        for _ in 0..2 + dice.below(3) {
            text.push_str(SYLLABLES[dice.below(16) as usize]);
        }
        text.push(' ');
    }
    text.truncate(length);
    text
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; the bias of the modulo does not matter for bounds this small.
    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_conversations() {
        assert_eq!(Shape::full().record(), Shape::full().record());
        let other = Shape {
            seed: 8,
            ..Shape::full()
        };
        assert_ne!(Shape::full().record(), other.record());
    }

    #[test]
    fn a_cache_holds_less_than_half_of_the_shared_prompts_and_more_than_its_share() {
        for shape in [Shape::full(), Shape::short()] {
            let shared = shape.prompts * shape.system_blocks();
            assert!(
                SERVERS.cache_blocks * 2 < shared,
                "{} of {shared}",
                SERVERS.cache_blocks
            );
            let turns = shape.turns * (shape.question_tokens + shape.answer_tokens);
            let own = turns * shape.prompts * shape.users_per_prompt / SERVERS.block_tokens;
            let share = (shared + own) / 4;
            assert!(
                SERVERS.cache_blocks > share,
                "{} of {share}",
                SERVERS.cache_blocks
            );
        }
    }

    #[test]
    fn every_user_shares_a_prompt_and_asks_something_of_their_own() {
        let conversations = Shape::full().record();
        for one in &conversations {
            let sharing = conversations
                .iter()
                .filter(|other| other.system == one.system)
                .count();
            assert_eq!(sharing, 2);
            let same = conversations
                .iter()
                .filter(|other| other.turns[0].question == one.turns[0].question)
                .count();
            assert_eq!(same, 1);
        }
    }

    #[test]
    fn texts_are_as_long_as_they_say() {
        let conversation = &Shape::full().record()[0];
        assert_eq!(conversation.system.len(), 6_400);
        assert_eq!(conversation.turns[0].question.len(), 96);
    }
}
