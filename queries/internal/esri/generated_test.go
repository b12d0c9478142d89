package esri

import (
	"math"
	"math/rand/v2"
	"sort"
)

// generated is a network of the shape that national ones have: sizes with a heavy tail (Pareto, exponent 1.2), large
// companies with more links and larger ones, sectors of very different size. The same seed gives the same network.
func generated(companies, links, sectors int, essential float64) (n int, sector []int32, out []Link) {
	r := rand.New(rand.NewPCG(7, uint64(companies)))
	size := make([]float64, companies)
	reach := make([]float64, companies+1) // running sum of size^0.7: how likely an end of a link is
	sector = make([]int32, companies)
	for i := range companies {
		size[i] = math.Pow(1-r.Float64(), -1/1.2)
		reach[i+1] = reach[i] + math.Pow(size[i], 0.7)
		sector[i] = int32(float64(sectors) * r.Float64() * r.Float64())
	}
	end := func() int {
		return sort.SearchFloat64s(reach[1:], r.Float64()*reach[companies])
	}
	seen := map[[2]int]bool{}
	for len(out) < links {
		from, to := end(), end()
		if pair := [2]int{from, to}; from != to && !seen[pair] {
			seen[pair] = true
			value := math.Sqrt(size[from]*size[to]) * math.Exp(1.5*r.NormFloat64())
			out = append(out, Link{From: int32(from), To: int32(to), Value: value, Essential: r.Float64() < essential})
		}
	}
	return companies, sector, out
}
