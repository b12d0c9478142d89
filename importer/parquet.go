package importer

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	parquetformat "github.com/parquet-go/parquet-go/format"

	"github.com/tributarygraph/tributary/graph"
)

// parquetMagic is how Parquet files begin.
const parquetMagic = "PAR1"

// parquetRows is how many rows are read at a time.
const parquetRows = 256

// openParquet reads a Parquet file row by row. Columns within groups are called by their path (address.country);
// a list becomes a cell whose values are separated by ';'.
func openParquet(ctx context.Context, name string, f *os.File) (r *recordReader, err error) {
	defer func() {
		if p := recover(); p != nil { // the library trusts what a file says of itself
			r, err = nil, fmt.Errorf("%w: %s: is a damaged Parquet file: %v", graph.ErrInvalid, name, p)
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := checkFooter(f, info.Size()); err != nil {
		return nil, fmt.Errorf("%w: %s: is a damaged Parquet file: %v", graph.ErrInvalid, name, err)
	}
	opened, err := parquet.OpenFile(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%w: %s: begins like a Parquet file but cannot be read: %v", graph.ErrInvalid, name, err)
	}
	p := &parquetFile{ctx: ctx, name: name, rows: parquet.MultiRowGroup(opened.RowGroups()...).Rows(), buffer: make([]parquet.Row, parquetRows)}
	var header []string
	for _, path := range opened.Schema().Columns() {
		leaf, _ := opened.Schema().Lookup(path...)
		header = append(header, columnOfPath(path))
		p.texts = append(p.texts, textOf(leaf.Node))
	}
	p.cells = make([]string, len(header))
	return &recordReader{read: p.next, header: header, raw: csvLine(header), comma: ',', close: p.rows.Close}, nil
}

// checkFooter refuses a file whose end claims a footer that it cannot hold: the library makes room for what is claimed.
func checkFooter(f io.ReaderAt, size int64) error {
	const around = int64(len(parquetMagic) + 4 + len(parquetMagic))
	if size < around {
		return errors.New("it is cut short")
	}
	end := make([]byte, 4+len(parquetMagic))
	if _, err := f.ReadAt(end, size-int64(len(end))); err != nil {
		return err
	}
	if string(end[4:]) != parquetMagic {
		return errors.New("it does not end as one does; it may be cut short")
	}
	if footer := int64(binary.LittleEndian.Uint32(end)); footer > size-around {
		return fmt.Errorf("its footer claims %d bytes, the file has %d", footer, size)
	}
	return nil
}

// columnOfPath joins the names of groups, without those that only make lists.
func columnOfPath(path []string) string {
	var names []string
	for i := 0; i < len(path); i++ {
		if i > 0 && i+1 < len(path) && (path[i] == "list" || path[i] == "bag") {
			i++ // and the element within
			continue
		}
		names = append(names, path[i])
	}
	return graph.Clean(strings.Join(names, "."))
}

type parquetFile struct {
	ctx    context.Context
	name   string
	rows   parquet.Rows
	texts  []func(parquet.Value) string // by column
	buffer []parquet.Row
	held   []parquet.Row // of buffer, not delivered yet
	ended  bool
	number int64
	cells  []string
}

func (p *parquetFile) next() (x row, err error) {
	defer func() {
		if bad := recover(); bad != nil {
			x, err = row{}, p.problem(bad)
		}
	}()
	for len(p.held) == 0 {
		if p.ended {
			return row{}, io.EOF
		}
		if err := p.ctx.Err(); err != nil {
			return row{}, err
		}
		n, err := p.rows.ReadRows(p.buffer)
		if p.ended = errors.Is(err, io.EOF); err != nil && !p.ended {
			return row{}, p.problem(err)
		}
		if n == 0 && !p.ended {
			return row{}, p.problem("no row where one was promised")
		}
		p.held = p.buffer[:n]
	}
	values := p.held[0]
	p.held = p.held[1:]
	p.number++
	clear(p.cells)
	for _, v := range values {
		if v.IsNull() {
			continue
		}
		text := p.texts[v.Column()](v)
		if cell := &p.cells[v.Column()]; *cell == "" {
			*cell = text
		} else {
			*cell += ";" + text
		}
	}
	return row{cells: p.cells, raw: csvLine(p.cells), number: p.number}, nil
}

func (p *parquetFile) problem(why any) error {
	return fmt.Errorf("%w: %s: is a damaged Parquet file: after row %d: %v", graph.ErrInvalid, p.name, p.number, why)
}

// textOf says how the values of a column are written.
func textOf(n parquet.Node) func(parquet.Value) string {
	var logical any
	if l := n.Type().LogicalType(); l != nil {
		logical = l.Value
	}
	switch t := logical.(type) {
	case *parquetformat.DateType:
		return func(v parquet.Value) string {
			return time.Unix(int64(v.Int32())*secondsPerDay, 0).UTC().Format(time.DateOnly)
		}
	case *parquetformat.TimestampType:
		return func(v parquet.Value) string { return timeOf(v.Int64(), t.Unit).Format(time.RFC3339Nano) }
	case *parquetformat.DecimalType:
		if t.Scale < 0 || t.Scale > maxScale {
			return plainText
		}
		return func(v parquet.Value) string { return decimalOf(v, int(t.Scale)) }
	case *parquetformat.IntType:
		if !t.IsSigned {
			return func(v parquet.Value) string { return strconv.FormatUint(unsigned(v), 10) }
		}
	}
	return plainText
}

const (
	secondsPerDay = 24 * 60 * 60
	maxScale      = 76 // decimals of the widest decimal numbers in use; a damaged file may claim any
)

func plainText(v parquet.Value) string {
	switch v.Kind() {
	case parquet.Boolean:
		return strconv.FormatBool(v.Boolean())
	case parquet.Int32:
		return strconv.FormatInt(int64(v.Int32()), 10)
	case parquet.Int64:
		return strconv.FormatInt(v.Int64(), 10)
	case parquet.Float:
		return strconv.FormatFloat(float64(v.Float()), 'g', -1, 32)
	case parquet.Double:
		return strconv.FormatFloat(v.Double(), 'g', -1, 64)
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return string(v.ByteArray())
	}
	return v.String()
}

func unsigned(v parquet.Value) uint64 {
	if v.Kind() == parquet.Int32 {
		return uint64(v.Uint32())
	}
	return v.Uint64()
}

func timeOf(n int64, unit parquetformat.TimeUnit) time.Time {
	switch unit.Value.(type) {
	case *parquetformat.MilliSeconds:
		return time.UnixMilli(n).UTC()
	case *parquetformat.NanoSeconds:
		return time.Unix(0, n).UTC()
	}
	return time.UnixMicro(n).UTC()
}

// decimalOf writes an unscaled number with scale decimals.
func decimalOf(v parquet.Value, scale int) string {
	n := new(big.Int)
	switch v.Kind() {
	case parquet.Int32:
		n.SetInt64(int64(v.Int32()))
	case parquet.Int64:
		n.SetInt64(v.Int64())
	default: // two's complement, big-endian
		bytes := v.ByteArray()
		n.SetBytes(bytes)
		if len(bytes) > 0 && bytes[0]&0x80 != 0 {
			n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(bytes))))
		}
	}
	return new(big.Rat).SetFrac(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)).FloatString(scale)
}
