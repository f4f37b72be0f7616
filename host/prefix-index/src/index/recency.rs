//! The blocks of one row, in the order in which it was sent them.

/// No position.
const NONE: u32 = u32::MAX;

/// A doubly linked list in arrays. A block keeps its position until it is forgotten.
///
/// There may be millions of these entries, so links take two bytes each where positions fit in two.
#[derive(Debug)]
pub(super) struct Recency {
    hashes: Vec<u64>,
    links: Links,
    newest: u32,
    oldest: u32,
    /// Positions given back, linked by `older`.
    free: u32,
    len: usize,
    capacity: usize,
}

#[derive(Debug, Clone, Copy)]
struct Link<T> {
    newer: T,
    older: T,
}

#[derive(Debug)]
enum Links {
    Narrow(Vec<Link<u16>>),
    Wide(Vec<Link<u32>>),
}

impl Recency {
    pub(super) fn new(capacity: usize) -> Self {
        let narrow = capacity <= usize::from(u16::MAX);
        let links = if narrow {
            Links::Narrow(Vec::new())
        } else {
            Links::Wide(Vec::new())
        };
        Self {
            hashes: Vec::new(),
            links,
            newest: NONE,
            oldest: NONE,
            free: NONE,
            len: 0,
            capacity,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_full(&self) -> bool {
        self.len == self.capacity
    }

    pub(super) fn hash(&self, position: u32) -> u64 {
        self.hashes[position as usize]
    }

    /// The hash that was sent longest ago.
    pub(super) fn oldest(&self) -> Option<u64> {
        (self.oldest != NONE).then(|| self.hash(self.oldest))
    }

    /// Enters a hash as the newest. There must be room.
    pub(super) fn push(&mut self, hash: u64) -> u32 {
        let position = if self.free == NONE {
            self.grow();
            self.hashes.push(hash);
            self.links.push();
            (self.hashes.len() - 1) as u32
        } else {
            let position = self.free;
            self.free = self.links.older(position);
            self.hashes[position as usize] = hash;
            position
        };
        self.link_newest(position);
        self.len += 1;
        position
    }

    /// Makes the entry the newest.
    pub(super) fn touch(&mut self, position: u32) {
        if position != self.newest {
            self.unlink(position);
            self.link_newest(position);
        }
    }

    /// Forgets the oldest entry.
    pub(super) fn pop_oldest(&mut self) {
        let position = self.oldest;
        if position == NONE {
            return;
        }
        self.unlink(position);
        self.links.set_older(position, self.free);
        self.free = position;
        self.len -= 1;
    }

    /// Twice the room, but not past the capacity: doubling blindly would waste up to half of it.
    fn grow(&mut self) {
        let length = self.hashes.len();
        if length == self.hashes.capacity() {
            let more = length.max(64).min(self.capacity - length);
            self.hashes.reserve_exact(more);
            self.links.reserve_exact(more);
        }
    }

    fn link_newest(&mut self, position: u32) {
        self.links.set_older(position, self.newest);
        self.links.set_newer(position, NONE);
        match self.newest {
            NONE => self.oldest = position,
            second => self.links.set_newer(second, position),
        }
        self.newest = position;
    }

    fn unlink(&mut self, position: u32) {
        let (newer, older) = (self.links.newer(position), self.links.older(position));
        match newer {
            NONE => self.newest = older,
            newer => self.links.set_older(newer, older),
        }
        match older {
            NONE => self.oldest = newer,
            older => self.links.set_newer(older, newer),
        }
    }
}

/// `NONE` keeps its meaning in two bytes, since positions stay below it.
fn widen(link: u16) -> u32 {
    if link == u16::MAX {
        NONE
    } else {
        u32::from(link)
    }
}

impl Links {
    fn push(&mut self) {
        match self {
            Links::Narrow(links) => links.push(Link {
                newer: u16::MAX,
                older: u16::MAX,
            }),
            Links::Wide(links) => links.push(Link {
                newer: NONE,
                older: NONE,
            }),
        }
    }

    fn reserve_exact(&mut self, more: usize) {
        match self {
            Links::Narrow(links) => links.reserve_exact(more),
            Links::Wide(links) => links.reserve_exact(more),
        }
    }

    fn newer(&self, position: u32) -> u32 {
        match self {
            Links::Narrow(links) => widen(links[position as usize].newer),
            Links::Wide(links) => links[position as usize].newer,
        }
    }

    fn older(&self, position: u32) -> u32 {
        match self {
            Links::Narrow(links) => widen(links[position as usize].older),
            Links::Wide(links) => links[position as usize].older,
        }
    }

    fn set_newer(&mut self, position: u32, to: u32) {
        match self {
            Links::Narrow(links) => links[position as usize].newer = to as u16,
            Links::Wide(links) => links[position as usize].newer = to,
        }
    }

    fn set_older(&mut self, position: u32, to: u32) {
        match self {
            Links::Narrow(links) => links[position as usize].older = to as u16,
            Links::Wide(links) => links[position as usize].older = to,
        }
    }
}
