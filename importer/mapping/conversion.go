package mapping

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/tributarygraph/tributary/importer/records"
)

// Conversion is the mapping as package importer takes it. The files of look-ups are read now; what they hold is part of
// the key, since it decides what records become. The error is [Problems].
func (m *Mapping) Conversion(open Open) (*records.Conversion, error) {
	found, tables, err := m.readLookups(open)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	hash.Write(m.data)
	for _, t := range tables {
		for _, row := range append([][]string{t.Columns}, t.Rows...) {
			for _, cell := range row {
				hash.Write([]byte(cell))
				hash.Write([]byte{0})
			}
			hash.Write([]byte{1})
		}
	}
	return &records.Conversion{Name: m.Name, Key: hex.EncodeToString(hash.Sum(nil)), Layout: m.Layout,
		Converter: func() (records.Converter, error) { return newConverter(m, found), nil }}, nil
}
