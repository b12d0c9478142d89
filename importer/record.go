package importer

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/tributarygraph/tributary/graph"
)

// A record is a statement between the parsing of a row and the store: a key, encoded so that the order of bytes
// is the order of [graph.Key.Compare], and a patch. Encoded records are what is sorted and spooled.

// appendKey encodes a key. Texts end with a zero byte, which no cleaned text holds and which sorts before all
// others.
func appendKey(dst []byte, k *graph.Key) []byte {
	dst = append(dst, byte(k.Kind))
	for _, text := range [...]string{k.From, k.To, k.Product, k.Dataset, k.Source, k.AssertedBy, string(k.Period)} {
		dst = append(dst, text...)
		dst = append(dst, 0)
	}
	return appendDate(dst, k.ValidFrom)
}

// appendDate encodes the last part of a key.
func appendDate(dst []byte, d graph.Date) []byte {
	return binary.BigEndian.AppendUint32(dst, uint32(d)^1<<31) // the sign bit flipped: negatives first
}

// validFromSize is the length of the last part of an encoded key; what stands before it is the series.
const validFromSize = 4

// decodeKey reads what appendKey wrote. The texts of the key are parts of encoded.
func decodeKey(encoded string) (k graph.Key, err error) {
	if len(encoded) < 1+validFromSize {
		return k, errCorrupt
	}
	k.Kind = graph.Kind(encoded[0])
	rest := encoded[1:]
	text := func() (s string) {
		end := strings.IndexByte(rest, 0)
		if end < 0 {
			err = errCorrupt
			return ""
		}
		s, rest = rest[:end], rest[end+1:]
		return s
	}
	k.From, k.To, k.Product, k.Dataset = text(), text(), text(), text()
	k.Source, k.AssertedBy, k.Period = text(), text(), graph.Period(text())
	if err != nil || len(rest) != validFromSize {
		return k, errCorrupt
	}
	k.ValidFrom = graph.Date(uint32(rest[3]) | uint32(rest[2])<<8 | uint32(rest[1])<<16 | (uint32(rest[0])^1<<7)<<24)
	return k, nil
}

// errCorrupt says that spooled records are not what was written: the disk, or a fault in this package.
var errCorrupt = fmt.Errorf("a temporary file of the import is damaged")

// emptyField marks a field that the row states to be empty.
const emptyField = 0x80

// appendField encodes a field of a patch: its id, then eight bytes for a number, or length and bytes of a text.
func appendField(dst []byte, f graph.Field) []byte {
	switch {
	case f.Empty():
		return append(dst, byte(f.ID)|emptyField)
	case f.ID.Spec().Type.Numeric():
		return binary.LittleEndian.AppendUint64(append(dst, byte(f.ID)), math.Float64bits(f.Number))
	}
	dst = binary.AppendUvarint(append(dst, byte(f.ID)), uint64(len(f.Text)))
	return append(dst, f.Text...)
}

// decodeFields appends the fields of an encoded patch to dst. Their texts are parts of encoded.
func decodeFields(dst []graph.Field, encoded string) ([]graph.Field, error) {
	for len(encoded) > 0 {
		id := graph.FieldID(encoded[0] &^ emptyField)
		empty := encoded[0]&emptyField != 0
		encoded = encoded[1:]
		if id >= graph.NumFields {
			return nil, errCorrupt
		}
		f := graph.Field{ID: id, Number: math.NaN()}
		switch {
		case empty:
		case id.Spec().Type.Numeric():
			if len(encoded) < 8 {
				return nil, errCorrupt
			}
			var bits uint64
			for i := range 8 {
				bits |= uint64(encoded[i]) << (8 * i)
			}
			f.Number, encoded = math.Float64frombits(bits), encoded[8:]
		default:
			length, n := uvarint(encoded)
			if n == 0 || length > uint64(len(encoded)-n) {
				return nil, errCorrupt
			}
			f.Text, encoded = encoded[n:n+int(length)], encoded[n+int(length):]
		}
		dst = append(dst, f)
	}
	return dst, nil
}

// uvarint is binary.Uvarint for text; n is 0 when there is none.
func uvarint(s string) (value uint64, n int) {
	for shift := 0; n < len(s) && shift < 64; shift += 7 {
		b := s[n]
		n++
		value |= uint64(b&0x7F) << shift
		if b < 0x80 {
			return value, n
		}
	}
	return 0, 0
}
