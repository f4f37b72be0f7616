package switchyard

import "math/bits"

// Random gives numbers that look random and come out the same on replay.
//
// It is SplitMix64: the state advances by a fixed odd number, the output is the state mixed. Good enough to
// shuffle with; not for secrets. Plugins in other languages get the same numbers of the same seed.
type Random struct {
	state uint64
}

// NewRandom starts from the request's seed, or from any other number.
func NewRandom(seed uint64) *Random {
	return &Random{state: seed}
}

// Uint64 gives 64 bits.
func (random *Random) Uint64() uint64 {
	random.state += 0x9e3779b97f4a7c15
	mixed := random.state
	mixed = (mixed ^ mixed>>30) * 0xbf58476d1ce4e5b9
	mixed = (mixed ^ mixed>>27) * 0x94d049bb133111eb
	return mixed ^ mixed>>31
}

// Float64 gives a number between 0 and 1, both exclusive.
func (random *Random) Float64() float64 {
	// 53 bits are what a float64 holds; the half keeps 0 out.
	return (float64(random.Uint64()>>11) + 0.5) / (1 << 53)
}

// Below gives a number below bound, each equally likely; 0 for a bound of 0.
func (random *Random) Below(bound uint32) uint32 {
	// The upper half of the product; its bias is below 2^-32 and harmless here.
	high, _ := bits.Mul64(random.Uint64(), uint64(bound))
	return uint32(high)
}

// Shuffle puts n items in random order, with swap as in package math/rand.
func (random *Random) Shuffle(n int, swap func(i, j int)) {
	for last := n - 1; last > 0; last-- {
		swap(last, int(random.Below(uint32(last+1))))
	}
}
