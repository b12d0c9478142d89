// Package generate makes seeded synthetic supply networks as files that the importer reads: for benchmarks and
// tests. What it makes depends on the options alone, not on the machine, and is written row by row: memory grows
// with the number of companies, by eight bytes each.
//
// The network has the features that make real ones hard: few companies with very many relations on both sides
// and many with few, parallel products, loops, names in two scripts, identifiers, numbers on a part of the rows
// only, and rows in no order. Nothing in it is true of any real company.
package generate

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"

	"github.com/tributarygraph/tributary/graph"
)

// Options say how large a network is.
type Options struct {
	Seed      uint64
	Companies int // at least 2
	Relations int // each another supplier, buyer and product
	Products  int // 0: one for 200 companies, at least 200
	Sources   int // 0: one for 1,000 relations, at least 20
	// Minimal writes relations with supplier, buyer, product and value only.
	Minimal bool
}

// Files are the files that [Folder] writes.
var Files = []string{"companies.csv", "products.csv", "sources.csv", "relations.csv"}

// Folder writes companies.csv, products.csv, sources.csv and relations.csv into the folder, which is made when
// it is not there. An error of impossible options wraps [graph.ErrInvalid].
func Folder(ctx context.Context, folder string, o Options) error {
	n, err := newNetwork(o)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	writers := []func(context.Context, io.Writer) error{n.companies, n.products, n.sources, n.relations}
	for i, name := range Files {
		if err := toFile(ctx, filepath.Join(folder, name), writers[i]); err != nil {
			return err
		}
	}
	return nil
}

func toFile(ctx context.Context, path string, write func(context.Context, io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(ctx, f), f.Close())
}

// Relations writes the file of relations.
func Relations(ctx context.Context, w io.Writer, o Options) error {
	n, err := newNetwork(o)
	if err != nil {
		return err
	}
	return n.relations(ctx, w)
}

// network is a network of which every part can be computed by itself.
type network struct {
	Options
	// start is the number of the first relation of each supplier by rank; the last element is Relations.
	start     []int64
	order     permutation // of relations in the file
	suppliers permutation // rank as a supplier -> company
	buyers    permutation // rank as a buyer -> company
	names     permutation // company -> name
}

// Degrees fall with the rank r of a supplier as (r + degreeOffset)^-degreeExponent, which is in the range that
// studies of firm-level networks report.
const (
	degreeExponent = 0.8
	degreeOffset   = 10
)

func newNetwork(o Options) (*network, error) {
	if o.Products == 0 {
		o.Products = max(200, o.Companies/200)
	}
	if o.Sources == 0 {
		o.Sources = max(20, o.Relations/1000)
	}
	if o.Companies < 2 || o.Relations < 0 || o.Products < 1 || o.Sources < 1 {
		return nil, fmt.Errorf("%w: a network needs at least two companies, a product and a source", graph.ErrInvalid)
	}
	n := &network{Options: o,
		order:     newPermutation(uint64(o.Relations), o.Seed, "order"),
		suppliers: newPermutation(uint64(o.Companies), o.Seed, "suppliers"),
		buyers:    newPermutation(uint64(o.Companies), o.Seed, "buyers"),
		names:     newPermutation(maxNames, o.Seed, "names"),
	}
	n.start = make([]int64, o.Companies+1)
	total := 0.0
	for r := range o.Companies {
		total += math.Pow(float64(r+degreeOffset), -degreeExponent)
	}
	sum := 0.0
	for r := range o.Companies {
		sum += math.Pow(float64(r+degreeOffset), -degreeExponent)
		n.start[r+1] = int64(math.Round(float64(o.Relations) * sum / total))
	}
	n.start[o.Companies] = int64(o.Relations)
	if most := n.assortment(int(n.start[1])); most > o.Products || o.Companies > maxNames {
		return nil, fmt.Errorf("%w: %d relations are too many for %d companies and %d products; ask for more products or companies", graph.ErrInvalid, o.Relations, o.Companies, o.Products)
	}
	return n, nil
}

// assortment is how many products a supplier of so many relations sells: a few, and so many that its relations with
// one buyer all differ in the product.
func (n *network) assortment(degree int) int {
	few := 3 + int(math.Log2(float64(degree+1)))/3
	// Of the even steps of relation, degree / sqrt(companies) fall on the first buyer, and 0.42 times as many on
	// the second, which stands in for the first where that is the supplier itself.
	return max(few, int(1.5*float64(degree)/math.Sqrt(float64(n.Companies)))+4)
}

// relation is the r-th relation in the order of suppliers.
func (n *network) relation(r int64) (supplier, buyer, product int) {
	rank := sort.Search(n.Companies, func(i int) bool { return n.start[i+1] > r })
	supplier = int(n.suppliers.at(uint64(rank)))
	degree := n.start[rank+1] - n.start[rank]
	k := r - n.start[rank]
	// The buyers of a supplier are spread over all buyers, denser among those of low rank: the k-th of
	// them by the square of an even step, shifted by a number of the supplier's own.
	shift := unit(n.hash(saltShift, uint64(supplier)))
	x := (float64(k) + shift) / float64(degree)
	at := min(uint64(x*x*float64(n.Companies)), uint64(n.Companies)-1)
	buyer = int(n.buyers.at(at))
	if buyer == supplier {
		// The neighbour by rank: its own relations with the supplier come just before or after these.
		if at++; at == uint64(n.Companies) {
			at -= 2
		}
		buyer = int(n.buyers.at(at))
	}
	u := unit(n.hash(saltBase, uint64(supplier)))
	first := int(u * u * float64(n.Products)) // some products are sold by many
	product = (first + int(k)%n.assortment(int(degree))) % n.Products
	return supplier, buyer, product
}

func (n *network) relations(ctx context.Context, w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	if n.Minimal {
		out.WriteString("supplier,buyer,product,value\n")
	} else {
		out.WriteString("supplier,buyer,product,share_of_input,value,currency,quantity,unit,period,essential,origin_country,lead_time_days,valid_from,valid_to,source,confidence,basis,stage\n")
	}
	line := make([]byte, 0, 256)
	for i := range int64(n.Relations) {
		if i&0xFFFF == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		r := int64(n.order.at(uint64(i)))
		supplier, buyer, product := n.relation(r)
		line = appendCompanyID(line[:0], supplier)
		line = append(line, ',')
		line = appendCompanyID(line, buyer)
		line = append(line, ',')
		line = appendProductID(line, product)
		line = append(line, ',')
		if n.Minimal {
			line = n.appendValue(line, r)
		} else {
			line = n.appendClaim(line, r, supplier)
		}
		line = append(line, '\n')
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}

// appendValue writes an amount of money: most are small, few are very large.
func (n *network) appendValue(line []byte, r int64) []byte {
	u := unit(n.hash(saltValue, uint64(r)))
	return strconv.AppendInt(line, int64(1000*math.Exp(9*u*u)), 10)
}

// appendClaim writes the columns of a relation after the product.
func (n *network) appendClaim(line []byte, r int64, supplier int) []byte {
	h := n.hash(saltClaim, uint64(r))
	chance := func(percent uint64) bool { // each call looks at other bits
		hit := h%100 < percent
		h = mix(h)
		return hit
	}
	pick := func(from []string) string {
		h = mix(h)
		return from[h%uint64(len(from))]
	}
	if chance(30) {
		line = strconv.AppendFloat(line, float64(1+mix(h)%45)/100, 'f', -1, 64)
	}
	line = append(line, ',')
	if chance(60) {
		line = n.appendValue(line, r)
		line = append(append(line, ','), pick(currencies)...)
	} else {
		line = append(line, ',')
	}
	line = append(line, ',')
	if chance(10) {
		line = strconv.AppendUint(line, 10*(1+mix(h)%5000), 10)
		line = append(append(line, ','), pick(units)...)
	} else {
		line = append(line, ',')
	}
	line = append(line, ',')
	line = append(append(line, pick(periods)...), ',')
	if chance(10) {
		line = append(line, "true"...)
	}
	line = append(line, ',')
	if chance(25) {
		line = append(line, n.country(supplier)...)
	}
	line = append(line, ',')
	if chance(20) {
		line = strconv.AppendUint(line, 7*(1+mix(h)%40), 10)
	}
	line = append(line, ',')
	if chance(40) {
		line = appendDay(line, 2018+int(mix(h)%7), int(mix(mix(h))%12), int(mix(mix(mix(h)))%28))
		line = append(line, ',')
		if chance(15) {
			line = appendDay(line, 2025+int(mix(h)%4), int(mix(mix(h))%12), int(mix(mix(mix(h)))%28))
		}
	} else {
		line = append(line, ',')
	}
	line = append(line, ',')
	line = appendSourceID(line, int(n.hash(saltSource, uint64(r))%uint64(n.Sources)))
	line = append(line, ',')
	if chance(20) {
		line = strconv.AppendFloat(line, float64(30+mix(h)%70)/100, 'f', -1, 64)
	}
	line = append(line, ',')
	line = append(append(line, pick(bases)...), ',')
	return append(line, pick(stages)...)
}

func appendDay(line []byte, year, month, day int) []byte {
	line = strconv.AppendInt(line, int64(year), 10)
	return append(line, '-', byte('0'+(month+1)/10), byte('0'+(month+1)%10), '-', byte('0'+(day+1)/10), byte('0'+(day+1)%10))
}

// appendID writes a letter and the number, padded with zeros.
func appendID(line []byte, letter byte, digits, number int) []byte {
	line = append(line, letter)
	text := strconv.AppendInt(make([]byte, 0, 20), int64(number+1), 10)
	for range digits - len(text) {
		line = append(line, '0')
	}
	return append(line, text...)
}

func appendCompanyID(line []byte, number int) []byte { return appendID(line, 'C', 7, number) }
func appendProductID(line []byte, number int) []byte { return appendID(line, 'P', 4, number) }
func appendSourceID(line []byte, number int) []byte  { return appendID(line, 'S', 5, number) }
