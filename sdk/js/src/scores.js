// The scores of one call, with the shapes that they usually have.
//
// One rule holds in all of them: unknown is NaN and never wins. They are written with the methods of
// arrays where they can be: those run in the engine's own code, several times as fast as a loop does.

/** One score per endpoint, all 0 at first. */
export class Scores extends Float64Array {
  // What `map` or `slice` make of scores is plain numbers.
  static get [Symbol.species]() {
    return Float64Array;
  }

  each(values, score) {
    this.set(values.map(score));
    this.unknownIsWorst();
  }

  lowerIsBetter(values) {
    const known = values.includes(NaN) ? values.filter((value) => value <= Infinity) : values;
    const least = Math.min.apply(null, known);
    const greatest = Math.max.apply(null, known);
    const span = greatest - least;
    if (span > 0) {
      this.set(values.map((value) => (greatest - value) / span));
      this.replaceUnknown(0);
    } else {
      this.fill(1);
    }
  }

  unknownIsWorst() {
    if (this.includes(NaN)) {
      // As numbers, and NaN last.
      const [lowest] = this.slice().sort();
      this.replaceUnknown(Number.isFinite(lowest) ? lowest : 0);
    }
  }

  replaceUnknown(instead) {
    if (this.includes(NaN)) {
      // A comparison with NaN is false.
      this.set(this.map((score) => (score <= Infinity ? score : instead)));
    }
  }
}
