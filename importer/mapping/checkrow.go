package mapping

import (
	"strings"

	"github.com/tributarygraph/tributary/importer/records"
)

// CheckRow is what an import would reject a row for, by its own cells; nil where it is fine.
func CheckRow(row *records.Row) *records.Bad {
	if bad := emptyEnd(row); bad != nil {
		return bad
	}
	for i, column := range row.Shape.Columns {
		if row.Cells[i] == "" {
			continue
		}
		if why := badConstant(row.Shape.Kind, column, row.Cells[i]); why != "" {
			return &records.Bad{Field: column, Found: strings.Clone(row.Cells[i]), Why: why}
		}
	}
	return nil
}

// emptyEnd tells that nothing says what the row is about; nil where something does.
func emptyEnd(row *records.Row) *records.Bad {
	cell := func(name string) string {
		for i, column := range row.Shape.Columns {
			if column == name {
				return strings.TrimSpace(row.Cells[i])
			}
		}
		return ""
	}
	for _, one := range needed(row.Shape.Kind) {
		filled := false
		for _, name := range one {
			filled = filled || cell(name) != ""
		}
		if !filled {
			return emptyColumn(one[0])
		}
	}
	return nil
}

func emptyColumn(name string) *records.Bad {
	return &records.Bad{Field: name, Why: "is empty; when: {value: ..., filled: true} leaves such records out"}
}
