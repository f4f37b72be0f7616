//! The simulated KV cache: a bounded set of blocks, found again by a chained hash, evicted least
//! recently used first.
//!
//! A router's prefix scoring is judged by what this cache answers, so it keeps vLLM's rules: only full
//! blocks are shared, blocks of running requests are pinned, the blocks of a finished request stay until
//! their room is needed, and the tail of a chain goes before its head.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// No slot: the end of the list.
const NONE: u32 = u32::MAX;

/// Block hashes are already well mixed; hashing them again would only cost time.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) | u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

struct Slot {
    /// The block's chained hash; `None` while it is not full, or free.
    hash: Option<u64>,
    /// How many running requests hold it.
    holders: u32,
    older: u32,
    newer: u32,
}

/// The blocks that one running request holds. Give it back with [`BlockCache::release`].
#[derive(Debug, Default)]
pub(crate) struct Lease {
    slots: Vec<u32>,
    /// Leading blocks of the prompt that were found in the cache.
    pub hit_blocks: usize,
}

/// A bounded cache of KV blocks.
pub(crate) struct BlockCache {
    slots: Vec<Slot>,
    capacity: usize,
    by_hash: HashMap<u64, u32, BuildHasherDefault<AsIs>>,
    free: Vec<u32>,
    /// Ends of the list of blocks nobody holds, oldest first.
    oldest: u32,
    newest: u32,
    idle: usize,
}

impl BlockCache {
    /// An empty cache of `capacity` blocks.
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            slots: Vec::new(),
            capacity,
            by_hash: HashMap::default(),
            free: Vec::new(),
            oldest: NONE,
            newest: NONE,
            idle: 0,
        }
    }

    /// How many blocks there are in all.
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many blocks running requests hold.
    pub(crate) fn held(&self) -> usize {
        self.slots.len() - self.free.len() - self.idle
    }

    /// Pins `total` blocks for a request whose prompt fills the blocks `prompt`, of which at most
    /// `reusable` leading ones may be taken from the cache. `None` when running requests hold too much.
    pub(crate) fn acquire(
        &mut self,
        prompt: &[u64],
        reusable: usize,
        total: usize,
    ) -> Option<Lease> {
        let found: Vec<u32> = prompt
            .iter()
            .take(reusable)
            .map_while(|hash| self.by_hash.get(hash).copied())
            .collect();
        let idle_found = found
            .iter()
            .filter(|slot| self.slots[**slot as usize].holders == 0)
            .count();
        let room = self.capacity - self.held() - idle_found;
        if total.saturating_sub(found.len()) > room {
            return None;
        }
        let hit_blocks = found.len();
        let mut slots = found;
        for slot in &slots {
            self.pin(*slot);
        }
        for position in slots.len()..total {
            let hash = prompt.get(position).copied();
            let slot = match hash.and_then(|hash| self.by_hash.get(&hash).copied()) {
                // Present behind a gap, or the block of the last token, which is always recomputed.
                Some(present) => {
                    self.pin(present);
                    present
                }
                None => self.fill(hash),
            };
            slots.push(slot);
        }
        Some(Lease { slots, hit_blocks })
    }

    /// Takes a request's blocks back. `chain` names all blocks that were full by then, those filled by
    /// decoding included; they stay in the cache until their room is needed.
    pub(crate) fn release(&mut self, lease: Lease, chain: &[u64]) {
        for (position, slot) in lease.slots.iter().enumerate().rev() {
            let state = &mut self.slots[*slot as usize];
            if state.hash.is_none()
                && let Some(hash) = chain.get(position)
                && !self.by_hash.contains_key(hash)
            {
                state.hash = Some(*hash);
                self.by_hash.insert(*hash, *slot);
            }
            state.holders -= 1;
            if state.holders > 0 {
                continue;
            }
            if state.hash.is_some() {
                self.push_newest(*slot);
            } else {
                self.free.push(*slot);
            }
        }
    }

    /// Forgets every block that no running request holds.
    pub(crate) fn clear(&mut self) {
        while self.oldest != NONE {
            let slot = self.evict_oldest();
            self.free.push(slot);
        }
    }

    fn pin(&mut self, slot: u32) {
        if self.slots[slot as usize].holders == 0 {
            self.unlink(slot);
        }
        self.slots[slot as usize].holders += 1;
    }

    /// A block that one request holds, taken from the free ones, new room, or the oldest idle block.
    fn fill(&mut self, hash: Option<u64>) -> u32 {
        let slot = if let Some(slot) = self.free.pop() {
            slot
        } else if self.slots.len() < self.capacity {
            self.slots.push(Slot {
                hash: None,
                holders: 0,
                older: NONE,
                newer: NONE,
            });
            (self.slots.len() - 1) as u32
        } else {
            self.evict_oldest()
        };
        self.slots[slot as usize].hash = hash;
        self.slots[slot as usize].holders = 1;
        if let Some(hash) = hash {
            self.by_hash.insert(hash, slot);
        }
        slot
    }

    fn evict_oldest(&mut self) -> u32 {
        let slot = self.oldest;
        self.unlink(slot);
        if let Some(hash) = self.slots[slot as usize].hash.take() {
            self.by_hash.remove(&hash);
        }
        slot
    }

    fn push_newest(&mut self, slot: u32) {
        let before = self.newest;
        self.slots[slot as usize].older = before;
        self.slots[slot as usize].newer = NONE;
        if before == NONE {
            self.oldest = slot;
        } else {
            self.slots[before as usize].newer = slot;
        }
        self.newest = slot;
        self.idle += 1;
    }

    fn unlink(&mut self, slot: u32) {
        let Slot { older, newer, .. } = self.slots[slot as usize];
        if older == NONE {
            self.oldest = newer;
        } else {
            self.slots[older as usize].newer = newer;
        }
        if newer == NONE {
            self.newest = older;
        } else {
            self.slots[newer as usize].older = older;
        }
        self.idle -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs one request through the cache; answers how many blocks it found.
    fn run(cache: &mut BlockCache, prompt: &[u64], total: usize) -> usize {
        let lease = cache.acquire(prompt, prompt.len(), total).unwrap();
        let hits = lease.hit_blocks;
        cache.release(lease, prompt);
        hits
    }

    #[test]
    fn finds_the_longest_common_prefix() {
        let mut cache = BlockCache::new(16);
        for (prompt, hits) in [
            (&[1, 2, 3][..], 0),
            (&[1, 2, 3], 3),
            (&[1, 2, 9], 2),
            (&[7, 2, 3], 0),
            (&[1], 1),
        ] {
            assert_eq!(run(&mut cache, prompt, prompt.len()), hits, "{prompt:?}");
        }
        assert_eq!(cache.held(), 0);
    }

    #[test]
    fn evicts_least_recently_used_and_tails_before_heads() {
        let mut cache = BlockCache::new(4);
        run(&mut cache, &[1, 2], 2);
        run(&mut cache, &[3, 4], 2);
        run(&mut cache, &[1, 2], 2);
        // Room for one more: the tail of the older chain goes.
        run(&mut cache, &[5], 1);
        assert_eq!(run(&mut cache, &[1, 2], 2), 2);
        assert_eq!(run(&mut cache, &[3], 1), 1);
        assert_eq!(run(&mut cache, &[3, 4], 2), 1);
    }

    #[test]
    fn held_blocks_are_never_evicted_and_never_exceeded() {
        let mut cache = BlockCache::new(4);
        let held = cache.acquire(&[1, 2, 3], 3, 3).unwrap();
        assert_eq!(cache.held(), 3);
        assert!(
            cache.acquire(&[8, 9], 2, 2).is_none(),
            "only one block is left"
        );
        assert_eq!(run(&mut cache, &[8], 1), 0);
        assert_eq!(run(&mut cache, &[9], 1), 0);
        let shared = cache.acquire(&[1, 2, 3, 4], 4, 4).unwrap();
        assert_eq!(shared.hit_blocks, 3);
        assert_eq!(cache.held(), 4);
        cache.release(held, &[1, 2, 3]);
        assert_eq!(cache.held(), 4);
        cache.release(shared, &[1, 2, 3, 4]);
        assert_eq!(cache.held(), 0);
        assert_eq!(run(&mut cache, &[1, 2, 3, 4], 4), 4);
    }

    #[test]
    fn an_idle_hit_is_not_counted_as_room() {
        let mut cache = BlockCache::new(3);
        run(&mut cache, &[1, 2], 2);
        // Two hits and one new block fit exactly; two new ones do not.
        assert!(cache.acquire(&[1, 2], 2, 4).is_none());
        assert!(cache.acquire(&[1, 2], 2, 3).is_some());
    }

    #[test]
    fn blocks_filled_by_decoding_are_found_and_unfilled_ones_are_not() {
        let mut cache = BlockCache::new(8);
        let lease = cache.acquire(&[1, 2], 2, 4).unwrap();
        cache.release(lease, &[1, 2, 3]);
        assert_eq!(run(&mut cache, &[1, 2, 3, 4], 4), 3);
    }

    #[test]
    fn clear_forgets_idle_blocks_only() {
        let mut cache = BlockCache::new(8);
        let held = cache.acquire(&[1], 1, 1).unwrap();
        run(&mut cache, &[5, 6], 2);
        cache.clear();
        assert_eq!(run(&mut cache, &[5, 6], 2), 0);
        assert_eq!(run(&mut cache, &[1], 1), 1);
        cache.release(held, &[1]);
    }

    #[test]
    fn the_books_balance_over_a_random_load() {
        let mut rng = crate::rng::Rng::new(5);
        let mut cache = BlockCache::new(32);
        let mut running: Vec<(Lease, Vec<u64>)> = Vec::new();
        for _ in 0..5_000 {
            if !running.is_empty() && rng.percent(50.0) {
                let (lease, chain) = running.swap_remove(rng.below(running.len()));
                cache.release(lease, &chain);
            } else {
                let family = rng.below(6) as u64;
                let chain: Vec<u64> = (0..1 + rng.below(8) as u64)
                    .map(|i| family * 100 + i)
                    .collect();
                if let Some(lease) = cache.acquire(&chain, chain.len(), chain.len() + 1) {
                    running.push((lease, chain));
                }
            }
            let linked = std::iter::successors(Some(cache.oldest), |slot| {
                (*slot != NONE).then(|| cache.slots[*slot as usize].newer)
            })
            .filter(|slot| *slot != NONE)
            .count();
            assert_eq!(linked, cache.idle);
            assert!(cache.held() <= cache.capacity());
            assert_eq!(
                cache.slots.iter().filter(|slot| slot.holders > 0).count(),
                cache.held()
            );
        }
    }
}
