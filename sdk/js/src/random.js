// Numbers that look random and come out the same on replay: the same as in the SDK's other languages.

/**
 * A small generator (SplitMix64: the state advances by a fixed odd number, the output is the state
 * mixed). Good enough to shuffle with; not for secrets.
 */
export class Random {
  #state;

  constructor(seed) {
    this.#state = BigInt(seed);
  }

  nextU64() {
    this.#state = BigInt.asUintN(64, this.#state + 0x9e3779b97f4a7c15n);
    let mixed = this.#state;
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
    return mixed ^ (mixed >> 31n);
  }

  nextF64() {
    // 53 bits are what a number holds; the half keeps 0 out.
    return (Number(this.nextU64() >> 11n) + 0.5) / 2 ** 53;
  }

  below(bound) {
    // The upper half of the product; its bias is below 2^-32 and harmless here.
    return Number((this.nextU64() * BigInt(bound)) >> 64n);
  }

  shuffle(items) {
    for (let last = items.length - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      const item = items[last];
      items[last] = items[other];
      items[other] = item;
    }
    return items;
  }
}
