//! Numbers that look random and come out the same on replay.

/// A small generator (SplitMix64: the state advances by a fixed odd number, the output is the state
/// mixed). Good enough to shuffle with; not for secrets.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// Starts from the request's seed, or from any other number.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between 0 and 1, both exclusive.
    pub fn next_f64(&mut self) -> f64 {
        // 53 bits are what an f64 holds; the half keeps 0 out.
        ((self.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Below `bound`, each number equally likely; 0 for a bound of 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        // The upper half of the product; its bias is below 2^-32 and harmless here.
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u32
    }

    /// Puts a slice in random order.
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
            items.swap(last, self.below(bound) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_the_published_one() {
        // The first outputs of SplitMix64 for seed 1234567.
        let mut random = Random::new(1_234_567);
        assert_eq!(random.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(random.next_u64(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn shuffles_are_fair_and_repeatable() {
        let mut first = [0_u32; 4];
        for seed in 0..4000 {
            let mut items = [0, 1, 2, 3];
            Random::new(seed).shuffle(&mut items);
            let mut again = [0, 1, 2, 3];
            Random::new(seed).shuffle(&mut again);
            assert_eq!(items, again);
            first[items[0]] += 1;
        }
        for count in first {
            assert!((850..1150).contains(&count), "{first:?}");
        }
    }

    #[test]
    fn fractions_stay_between_0_and_1() {
        let mut random = Random::new(1);
        let sum: f64 = (0..10_000)
            .map(|_| random.next_f64())
            .inspect(|value| assert!(*value > 0.0 && *value < 1.0))
            .sum();
        assert!((sum / 10_000.0 - 0.5).abs() < 0.02);
        assert_eq!(random.below(0), 0);
    }
}
