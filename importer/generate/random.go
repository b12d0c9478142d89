package generate

import "math/bits"

// Everything random is a hash of the seed and a number, so that any part can be computed by itself.

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators",
// OOPSLA 2014) after its increment.
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

func (n *network) hash(salt, x uint64) uint64 { return mix(mix(n.Seed^salt<<56) ^ x) }

// unit is a number in [0, 1) from a hash.
func unit(h uint64) float64 { return float64(h>>11) / (1 << 53) }

// permutation is a random order of the numbers below size: a Feistel network on the least even number of bits
// that holds them, walked until the result is below size (Black and Rogaway, "Ciphers with Arbitrary Finite
// Domains", CT-RSA 2002).
type permutation struct {
	size uint64
	half uint // bits of one half
	keys [4]uint64
}

func newPermutation(size, seed uint64, purpose string) permutation {
	p := permutation{size: size, half: uint(bits.Len64(max(size, 2)-1)+1) / 2}
	h := mix(seed)
	for _, c := range []byte(purpose) {
		h = mix(h ^ uint64(c))
	}
	for i := range p.keys {
		h = mix(h)
		p.keys[i] = h
	}
	return p
}

// at is the number at position x, which must be below size.
func (p *permutation) at(x uint64) uint64 {
	mask := uint64(1)<<p.half - 1
	for {
		left, right := x>>p.half, x&mask
		for _, key := range p.keys {
			left, right = right, left^mix(right^key)&mask
		}
		if x = left<<p.half | right; x < p.size {
			return x
		}
	}
}
