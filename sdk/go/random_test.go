package switchyard_test

import (
	"slices"
	"testing"

	"switchyard"
)

func TestTheSequenceIsThePublishedOne(t *testing.T) {
	// The first outputs of SplitMix64 for seed 1234567.
	random := switchyard.NewRandom(1234567)
	for _, want := range []uint64{6457827717110365317, 3203168211198807973} {
		if found := random.Uint64(); found != want {
			t.Errorf("found %d, expected %d", found, want)
		}
	}
}

func TestShufflesAreThoseOfOtherLanguages(t *testing.T) {
	for seed, want := range map[uint64][]int{7: {3, 4, 2, 0, 1}, 1: {1, 0, 3, 4, 2}} {
		items := []int{0, 1, 2, 3, 4}
		switchyard.NewRandom(seed).Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		if !slices.Equal(items, want) {
			t.Errorf("seed %d: found %v, expected %v", seed, items, want)
		}
	}
}

func TestShufflesAreFair(t *testing.T) {
	var first [4]int
	for seed := range uint64(4000) {
		items := []int{0, 1, 2, 3}
		switchyard.NewRandom(seed).Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		first[items[0]]++
	}
	for _, count := range first {
		if count < 850 || count > 1150 {
			t.Errorf("found %v, expected about 1000 each", first)
		}
	}
}

func TestFractionsStayBetween0And1(t *testing.T) {
	random := switchyard.NewRandom(1)
	sum := 0.0
	for range 10000 {
		value := random.Float64()
		if value <= 0 || value >= 1 {
			t.Fatalf("found %v", value)
		}
		sum += value
	}
	if mean := sum / 10000; mean < 0.48 || mean > 0.52 {
		t.Errorf("found a mean of %v, expected 0.5", mean)
	}
	if found := random.Below(0); found != 0 {
		t.Errorf("found %d below 0", found)
	}
}
