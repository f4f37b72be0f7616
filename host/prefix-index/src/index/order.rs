//! The runs of one row, in the order in which it was sent them.

/// No place.
const NONE: u32 = u32::MAX;

/// A doubly linked list in an array. A run keeps its place until the row lets go of it.
#[derive(Debug)]
pub(super) struct Order {
    links: Vec<Link>,
    newest: u32,
    oldest: u32,
    /// Places given back, linked by `older`.
    free: u32,
    /// Blocks of all its runs together.
    pub(super) blocks: usize,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    run: u32,
    newer: u32,
    older: u32,
}

impl Order {
    pub(super) fn new() -> Self {
        Self {
            links: Vec::new(),
            newest: NONE,
            oldest: NONE,
            free: NONE,
            blocks: 0,
        }
    }

    /// The run that was sent longest ago.
    pub(super) fn oldest(&self) -> Option<u32> {
        (self.oldest != NONE).then(|| self.links[self.oldest as usize].run)
    }

    /// Enters a run as the newest.
    pub(super) fn push(&mut self, run: u32) -> u32 {
        let place = self.claim(run);
        self.link(place, NONE, self.newest);
        place
    }

    /// Enters a run as the next older one after that at `newer`.
    pub(super) fn push_after(&mut self, newer: u32, run: u32) -> u32 {
        let place = self.claim(run);
        self.link(place, newer, self.links[newer as usize].older);
        place
    }

    /// Makes the run at `place` the newest.
    pub(super) fn touch(&mut self, place: u32) {
        if place != self.newest {
            self.unlink(place);
            self.link(place, NONE, self.newest);
        }
    }

    /// Lets go of the oldest run.
    pub(super) fn pop_oldest(&mut self) {
        let place = self.oldest;
        if place != NONE {
            self.unlink(place);
            self.links[place as usize].older = self.free;
            self.free = place;
        }
    }

    fn claim(&mut self, run: u32) -> u32 {
        let link = Link {
            run,
            newer: NONE,
            older: NONE,
        };
        let place = self.free;
        if place == NONE {
            self.links.push(link);
            return (self.links.len() - 1) as u32;
        }
        self.free = self.links[place as usize].older;
        self.links[place as usize] = link;
        place
    }

    fn link(&mut self, place: u32, newer: u32, older: u32) {
        let link = &mut self.links[place as usize];
        (link.newer, link.older) = (newer, older);
        *self.older_of(newer) = place;
        *self.newer_of(older) = place;
    }

    fn unlink(&mut self, place: u32) {
        let Link { newer, older, .. } = self.links[place as usize];
        *self.older_of(newer) = older;
        *self.newer_of(older) = newer;
    }

    /// What follows `place`; the newest follows no place.
    fn older_of(&mut self, place: u32) -> &mut u32 {
        match self.links.get_mut(place as usize) {
            Some(link) => &mut link.older,
            None => &mut self.newest,
        }
    }

    fn newer_of(&mut self, place: u32) -> &mut u32 {
        match self.links.get_mut(place as usize) {
            Some(link) => &mut link.newer,
            None => &mut self.oldest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Order;

    fn drain(order: &mut Order) -> Vec<u32> {
        let mut runs = Vec::new();
        while let Some(run) = order.oldest() {
            runs.push(run);
            order.pop_oldest();
        }
        runs
    }

    #[test]
    fn the_oldest_goes_first() {
        let mut order = Order::new();
        let places = [10, 11, 12, 13].map(|run| order.push(run));
        order.touch(places[1]);
        order.touch(places[1]);
        order.touch(places[0]);
        order.push_after(places[0], 20);
        order.push_after(places[2], 21);
        assert_eq!(drain(&mut order), [21, 12, 13, 11, 20, 10]);
        order.pop_oldest();
        // Places are used again.
        assert!(order.push(30) < 6);
        assert_eq!(drain(&mut order), [30]);
    }
}
